// The first element of <body>: the NHS frontend starts only where this class is already set.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " nhsuk-frontend-supported" : "");
