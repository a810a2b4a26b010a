/* What only the browser can do: keep the focus when the server redraws a question, know that the line is cut,
   count characters, follow the pointer on a scale. No rule of the product lives here. */
"use strict";
const portal = (() => {
  const byId = (id) => document.getElementById(id);

  /* ── Focus ── */
  function focus(id, tries = 40) {
    const target = byId(id);
    if (!target) return tries > 0 && setTimeout(() => focus(id, tries - 1), 25);
    const field = target.matches("input, textarea, select, button, a, [tabindex]")
      ? target : target.querySelector("input:not([type=hidden]):checked, input:not([type=hidden]), textarea, select, button") || target;
    if (field === target && !target.matches("input, textarea, select, button, a, [tabindex]")) target.tabIndex = -1;
    field.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start", behavior: "instant" });
  }
  /* The server may redraw the element in which a person is: the new field with the same id (or the same name and value)
     gets the focus back, and what was typed but not sent stays typed. */
  let last = null;
  const FIELDS = "input[id]:not([type=radio]):not([type=checkbox]):not([type=range]), textarea[id]";
  const unsent = (field) => field.value !== field.defaultValue && field.value !== field.dataset.sent;
  const sameAs = (old) => (old.id && byId(old.id)) || (old.name && [...document.getElementsByName(old.name)].find((one) => one.value === old.value));
  document.addEventListener("focusin", (event) => { last = event.target; }, true);
  document.addEventListener("focusout", (event) => {   /* it also fires when the element is being removed: look afterwards */
    const left = event.target;
    setTimeout(() => { if (left === last && left.isConnected && document.activeElement !== left) last = null; });
  }, true);
  new MutationObserver((changes) => {
    for (const change of changes) for (const gone of change.removedNodes) if (gone.querySelectorAll && !gone.isConnected)
      for (const old of [...(gone.matches(FIELDS) ? [gone] : []), ...gone.querySelectorAll(FIELDS)]) {
        const fresh = byId(old.id);
        if (fresh && fresh !== old && unsent(old)) { fresh.value = old.value; fresh.dispatchEvent(new Event("input", { bubbles: true })); }
      }
    if (!last || last.isConnected || (document.activeElement && document.activeElement !== document.body)) return;
    const old = last, fresh = sameAs(old);
    if (!fresh) return;
    fresh.focus({ preventScroll: true });
    if (typeof old.selectionStart === "number" && fresh.setSelectionRange && fresh.value === old.value)
      try { fresh.setSelectionRange(old.selectionStart, old.selectionEnd); } catch { /* a type without a selection */ }
  }).observe(document, { childList: true, subtree: true });
  /* Links to a question (error summary, skip link) move the focus, not only the screen. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-goto]");
    if (!link) return;
    event.preventDefault();
    focus(decodeURIComponent(link.hash.slice(1)));
  });

  /* ── Menus ── */
  const closeMenus = (but) => document.querySelectorAll("details.menu[open]").forEach((menu) => menu !== but && (menu.open = false));
  document.addEventListener("click", (event) => closeMenus(event.target.closest && event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest && event.target.closest("details.menu[open]");
    closeMenus(null);
    if (menu) menu.querySelector("summary").focus();
  });

  /* ── The save line: `data-wait` shows “saving” after one second without an answer of the server, or “offline” ── */
  let waiting = 0, cut = false;
  const lines = () => document.querySelectorAll("[data-saveline]");
  const wait = (state) => lines().forEach((line) => (state ? (line.dataset.wait = state) : delete line.dataset.wait));
  function sent() {
    clearTimeout(waiting);
    lines().forEach((one) => { one.dataset.dirty = ""; });
    if (cut) return wait("offline");
    waiting = setTimeout(() => wait(cut ? "offline" : "saving"), 1000);
  }
  new MutationObserver((changes) => {
    if (changes.some((one) => one.attributeName === "data-revision" && one.target.matches("[data-saveline]"))) { clearTimeout(waiting); wait(""); lines().forEach((one) => { delete one.dataset.dirty; }); }
  }).observe(document, { attributes: true, attributeFilter: ["data-revision"], subtree: true });
  function line(isCut) {
    cut = isCut;
    document.querySelectorAll("[data-lostbar]").forEach((bar) => { bar.textContent = isCut ? bar.dataset.lostbar : ""; bar.classList.toggle("shown", isCut); });
    if (isCut && document.querySelector("[data-saveline][data-dirty]")) wait("offline");
  }
  function watchSocket() {
    if (!window.socket) return setTimeout(watchSocket, 100);
    let since = 0;
    window.socket.on("connect", () => { clearTimeout(since); line(false); });
    window.socket.on("disconnect", () => { clearTimeout(since); since = setTimeout(() => line(true), 1500); });   /* a blink is not worth a word */
  }
  watchSocket();
  window.addEventListener("offline", () => line(true));
  window.addEventListener("online", () => window.socket && window.socket.connected && line(false));

  /* ── Fields ── */
  const question = (event) => event.currentTarget;
  function choice(event, emit) {
    const box = event.target;
    if (!box.matches("input[type=radio], input[type=checkbox]")) return;
    const all = [...question(event).querySelectorAll(".answers input")];
    if (box.type === "checkbox" && box.checked)
      all.forEach((one) => { if (one !== box && (box.dataset.alone !== undefined || one.dataset.alone !== undefined)) one.checked = false; });
    sent();
    emit(all.filter((one) => one.checked).map((one) => one.value));
  }
  const LIMIT = 900000;   /* the socket refuses a message over 1 MB: say it here, before sending */
  function text(event, emit) {
    const field = event.target;
    if (!field.matches("input, textarea, select")) return;
    if (tooLong(field)) return emit({ over: field.value.length });
    field.dataset.sent = field.value;
    sent();
    emit(field.value);
  }
  function tooLong(field) {
    const count = field.id && byId(field.id + "-count"), limit = Number(field.dataset.limit || LIMIT), over = field.value.length > limit;
    field.classList.toggle("huge", field.value.length > 50000);   /* our font takes minutes to set a pasted megabyte */
    if (count) {
      const left = limit - field.value.length;
      count.textContent = over ? count.dataset.over.replace("%n", (-left).toLocaleString(document.documentElement.lang)) : left <= limit / 5 ? count.dataset.left.replace("%n", left.toLocaleString(document.documentElement.lang)) : "";
      count.classList.toggle("over", over);
    }
    if (over) field.setAttribute("aria-invalid", "true"); else if (count && count.classList.contains("was-over")) field.removeAttribute("aria-invalid");
    if (count) count.classList.toggle("was-over", over);
    return over;
  }
  document.addEventListener("input", (event) => { if (event.target.matches && event.target.matches("[data-limit]")) tooLong(event.target); });
  function scale(event, emit) {
    const root = question(event), input = root.querySelector("input[type=range]"), out = root.querySelector("output"), step = event.target.closest("button.step");
    if (!step && event.target !== input) return;
    const unset = input.classList.contains("unset");
    if (step) { if (unset) input.value = (Number(input.min) + Number(input.max)) / 2; else input.stepUp(Number(step.value)); }
    else if (event.type === "click" && !unset) return;   /* already told by `change` */
    input.classList.remove("unset"); out.classList.remove("unset");
    input.style.setProperty("--at", ((input.value - input.min) * 100) / (input.max - input.min) + "%");
    input.removeAttribute("aria-valuetext");
    out.textContent = out.dataset.shown.replace("%n", input.value);
    if (step || event.type !== "input") { sent(); emit(input.value); }
  }

  /* ── Lists ── */
  let typing = 0;
  function later(event, emit) {
    const field = event.target;
    clearTimeout(typing);
    typing = setTimeout(() => { field.dataset.sent = field.value; emit(field.value); }, 250);
  }
  /* One listener for all buttons of a block: tells what the pressed one carries. */
  function press(event, emit) {
    const button = event.target.closest("button");
    if (button) emit({ ...button.dataset });
  }

  /* ── Review ── */
  function review(event, emit) {
    const root = event.currentTarget, box = event.target;
    if (event.type === "change") return void (box.matches("input[type=radio]") && emit({ do: box.value }));
    const button = box.closest("button[data-do]");
    if (!button) return;
    const field = root.querySelector("textarea");
    if (field && /send|reply/.test(button.dataset.do) && tooLong(field)) return field.focus();
    if (field) field.dataset.sent = field.value;
    emit({ do: button.dataset.do, text: field ? field.value : "" });
  }

  /* ── Review rows: V, N and the arrows, only when the focus is inside one and the person has not cut them ── */
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest && event.target.closest(".review-item");
    if (!row || !row.parentElement.closest("[data-keys]") || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, input[type=text]")) return;
    const key = event.key.toLowerCase(), code = { v: "valid", n: "invalid" }[key];
    if (code) { const box = row.querySelector(`label[data-code=${code}] input`); if (box && !box.disabled) { event.preventDefault(); box.focus(); box.click(); } }
    if (key === "arrowdown" || key === "arrowup") {
      const rows = [...document.querySelectorAll(".review-item")], next = rows[rows.indexOf(row) + (key === "arrowdown" ? 1 : -1)];
      if (next) { event.preventDefault(); (next.querySelector("input:checked") || next.querySelector("input")).focus(); }
    }
  }, true);

  /* ── Things built when they come into sight ── */
  const sight = new IntersectionObserver((seen) => seen.forEach((one) => {
    if (one.isIntersecting) { sight.unobserve(one.target); one.target.dispatchEvent(new CustomEvent("seen")); }
  }), { rootMargin: "300px" });
  const watched = new WeakSet();
  const look = () => document.querySelectorAll("[data-lazy]").forEach((one) => { if (!watched.has(one)) { watched.add(one); sight.observe(one); } });
  new MutationObserver(look).observe(document, { childList: true, subtree: true });

  return { focus, choice, text, scale, sent, later, press, review };
})();
