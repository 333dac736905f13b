"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? cell.dataset.value : cell.textContent.trim();
  };
  const compare = (one, other) =>
    isNaN(one) || isNaN(other) ? one.localeCompare(other) : Number(one) - Number(other);
  const sort = (head, column) => {
    const down = head.ariaSort ? head.ariaSort === "ascending" : "down" in head.dataset;
    for (const each of heads) each.ariaSort = null;
    head.ariaSort = down ? "descending" : "ascending";
    const known = [...body.rows].filter((row) => value(row, column) !== "");
    const unknown = [...body.rows].filter((row) => value(row, column) === "");
    known.sort((one, other) => (down ? -1 : 1) * compare(value(one, column), value(other, column)));
    body.append(...known, ...unknown);
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, column));
    head.append(button);
  });
}
