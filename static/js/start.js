// Every page: starts the NHS frontend's components. Every page works without it.
import { initAll } from "../vendor/nhsuk/nhsuk-frontend.js";

initAll();
