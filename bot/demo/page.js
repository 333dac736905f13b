"use strict";
// Tells the stand-in what is pressed, typed and chosen, and puts the parts of the page that changed into their
// places. It renders nothing: every part comes from the server as HTML in which all text is escaped.
(() => {
  const { token, person } = document.body.dataset;
  let version = -1; // at first everything is asked for, so that `shown` knows what stands here
  const news = document.getElementById("news");
  const trouble = document.getElementById("trouble");
  const shown = new Map();
  let quiet = 0;

  const say = (text) => {
    trouble.textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(() => { trouble.textContent = ""; }, 8000);
  };

  // What came in the channel that is looked at is read out; what came elsewhere is shown as well.
  const announce = ({ room, text, id, alone }) => {
    news.textContent = text;
    const log = document.getElementById(`log-${room}`);
    if (log && !log.offsetParent) say(`${log.closest("section").getAttribute("aria-label")}: ${text}`);
    else if (alone) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  };

  const tell = async (act) => {
    try {
      const answer = await fetch("/do", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Demo-Token": token },
        body: JSON.stringify({ person, ...act }),
      });
      if (!answer.ok) say(await answer.text());
      return answer.ok;
    } catch {
      say("The demo has ended. Start it again with: cadencebot demo --serve");
      return false;
    }
  };

  // --- what came back

  // Nodes that say the same stay, so that what is folded, scrolled to or typed in them stays as well.
  const merge = (box, html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const known = new Map([...box.children].map((node) => [node.id, node]));
    box.replaceChildren(...[...fresh.content.children].map((node) => {
      const old = node.id && known.get(node.id);
      return old && old.isEqualNode(node) ? old : node;
    }));
  };

  const showWindow = () => {
    const dialog = document.querySelector("#window dialog");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    (dialog.querySelector("[aria-invalid]") || dialog.querySelector(".sheet :is(input, select, textarea)"))?.focus();
  };

  const show = (parts) => {
    const focused = document.activeElement?.id;
    for (const [id, html] of Object.entries(parts)) {
      const box = document.getElementById(id);
      if (!box || shown.get(id) === html) continue;
      if (shown.has(id) || box.innerHTML !== html) merge(box, html);
      shown.set(id, html);
    }
    showWindow();
    if (focused && document.activeElement?.id !== focused) {
      document.getElementById(focused)?.focus({ preventScroll: true });
    }
  };

  const listen = async () => {
    for (;;) {
      try {
        const answer = await fetch(`/now?as=${encodeURIComponent(person)}&after=${version}`);
        if (!answer.ok) throw new Error(answer.status);
        const now = await answer.json();
        version = now.version;
        show(now.parts);
        if (now.news) announce(now.news);
      } catch {
        say("The demo has ended. Start it again with: cadencebot demo --serve");
        await new Promise((done) => { setTimeout(done, 3000); });
      }
    }
  };

  // --- what is pressed

  const keyOf = (node) => node.closest("[data-key]")?.dataset.key;

  const filled = (node) => {
    const form = {};
    for (const input of node.closest("[data-key]").querySelectorAll("input, select, textarea")) {
      if (!input.name) continue;
      form[input.name] ??= [];
      const chosen = !["checkbox", "radio"].includes(input.type) || input.checked;
      if (chosen && input.value) form[input.name].push(input.value);
    }
    return form;
  };

  const press = async (node, value) => {
    if (node.dataset.confirm && !window.confirm(node.dataset.confirm)) return;
    const at = node.closest("[data-at]").dataset.at;
    const form = filled(node);
    node.setAttribute("aria-busy", "true");
    await tell({ act: "press", key: keyOf(node), at, values: value === undefined ? form[at] ?? [] : [value], form });
    node.removeAttribute("aria-busy");
    const menu = node.closest(".menu");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  };

  document.addEventListener("click", (event) => {
    const node = event.target.closest("button, a[data-at]");
    if (node?.hasAttribute("data-close")) tell({ act: "close", key: keyOf(node) });
    else if (node?.dataset.at) press(node, node.dataset.value);
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-at]")) press(event.target);
    if (event.target.name === "step") {
      const links = document.querySelectorAll(`#${event.target.id.replace("step", "tell")} a`);
      const link = [...links].find((one) => one.offsetParent); // that of the channel in front
      if (link) document.getElementById(link.hash.slice(1))?.scrollIntoView({ block: "center" });
    }
    if (event.target.name === "tab" && event.target.getAttribute("aria-label").endsWith(": Home")) tell({ act: "home" });
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(".menu[open]");
    if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  document.addEventListener("cancel", (event) => {
    event.preventDefault();
    tell({ act: "close", key: keyOf(event.target) });
  }, true);

  document.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.dataset.room) {
      const line = form.elements.text;
      if (line.value.trim() && await tell({ act: "say", room: form.dataset.room, text: line.value })) {
        line.value = "";
        form.parentElement.querySelector(".scroll").scrollTop = 0; // its foot: the log stands on its head
      }
      return;
    }
    const button = form.querySelector("footer .primary");
    button?.setAttribute("aria-busy", "true");
    await tell({ act: "submit", key: keyOf(form), form: filled(form) });
    button?.removeAttribute("aria-busy");
  });

  listen();
})();
