// The plan by dragging: an activity is dropped on a month, and the form is sent as if it had been ticked and chosen
// there. The form does all of it by keyboard and without this script.

const form = document.querySelector("form[data-plan]");

if (form) {
  form.querySelector("[data-plan-hint]").hidden = false;
  const where = form.elements.where;
  let held = null;

  for (const item of form.querySelectorAll(".app-plan .nhsuk-checkboxes__item")) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      held = item;
      item.classList.add("app-plan__item--held");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.querySelector("input").value);
    });
    item.addEventListener("dragend", () => {
      item.classList.remove("app-plan__item--held");
      held = null;
    });
  }

  for (const group of form.querySelectorAll("[data-place]")) {
    const { place } = group.dataset;
    const takes = () => held && held.closest("[data-place]") !== group && (place === "out" || has(place));
    group.addEventListener("dragover", (event) => {
      if (!takes()) return;
      event.preventDefault();
      group.classList.add("app-plan__group--over");
    });
    group.addEventListener("dragleave", (event) => {
      if (!group.contains(event.relatedTarget)) group.classList.remove("app-plan__group--over");
    });
    group.addEventListener("drop", (event) => {
      if (!takes()) return;
      event.preventDefault();
      send(held.querySelector("input"), place);
    });
  }

  // Nothing is dropped on a month that is past, or on a placement that has ended: the list does not have it.
  function has(place) {
    return [...where.options].some((option) => option.value === place);
  }

  // What was ticked besides stays out of it: one thing was dragged.
  function send(box, place) {
    for (const other of form.querySelectorAll("input[name=chosen]")) other.checked = other === box;
    if (place === "out") return form.requestSubmit(form.querySelector("button[name=out]"));
    where.value = place;
    form.requestSubmit(form.querySelector("button:not([name])"));
  }
}
