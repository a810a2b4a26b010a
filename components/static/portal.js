/* What only the browser can do: keep the focus when the server redraws a question, know that the line is cut,
   count characters, follow the pointer on a scale. No rule of the product lives here. */
"use strict";
const portal = (() => {
  const byId = (id) => document.getElementById(id);

  /* ── Focus ── */
  function focus(id, tries = 40) {
    const target = byId(id);
    if (target) uncover(target);
    if (!target) return tries > 0 && setTimeout(() => focus(id, tries - 1), 25);
    const field = target.matches("input, textarea, select, button, a, [tabindex]")
      ? target : target.querySelector("input:not([type=hidden]):checked, input:not([type=hidden]), textarea, select, button") || target;
    if (field === target && !target.matches("input, textarea, select, button, a, [tabindex]")) target.tabIndex = -1;
    field.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start", behavior: "instant" });
  }
  /* What is to be seen may stand in a tab that is not open. */
  function uncover(target) {
    for (let panel = target.closest("[role=tabpanel][hidden]"); panel; panel = panel.parentElement.closest("[role=tabpanel][hidden]")) {
      const tab = byId(panel.getAttribute("aria-labelledby"));
      if (tab) openTab(tab);
    }
    for (let fold = target.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
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
  let acted = null;   /* where the person last did something */
  ["input", "change", "click"].forEach((kind) => document.addEventListener(kind, (event) => { acted = event.target; }, true));
  function sent() {
    if (acted && acted.closest && acted.closest("[data-unkept]")) return;   /* a control of the page, no answer */
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
    const words = question(event).querySelector("input.own"), own = words && words.closest(".ownrow").querySelector("input[type=radio], input[type=checkbox]");
    if (box === words) own.checked = words.value.trim() !== "";   /* writing an answer of one's own ticks its mark */
    else if (!box.matches("input[type=radio], input[type=checkbox]")) return;
    const all = [...question(event).querySelectorAll(".answers input[type=radio], .answers input[type=checkbox]")];
    const mark = box === words ? own : box;
    if (mark.type === "checkbox" && mark.checked)
      all.forEach((one) => { if (one !== mark && (mark.dataset.alone !== undefined || one.dataset.alone !== undefined)) one.checked = false; });
    if (mark === own && own.checked && !words.value.trim()) return words.focus();   /* not an answer yet: its words are */
    if (words && !own.checked) words.value = "";
    sent();
    const chosen = all.filter((one) => one.checked && one !== own).map((one) => one.value);
    emit(words ? { chosen, words: own.checked ? words.value : "" } : chosen);
  }
  /* All fields of a question that has several (a number and its unit, a day and a time), told together. */
  function parts(event, emit) {
    if (event.type === "click" && !spin(event)) return;
    if (event.type !== "click" && !event.target.matches("input, select")) return;
    const fields = [...question(event).querySelectorAll("input, select")];
    fields.forEach((field) => { field.dataset.sent = field.value; });
    sent();
    emit(fields.map((field) => field.value));
  }
  /* − and + beside a number: true when the field has moved. The number is written as its language does. */
  function spin(event) {
    const button = event.target.closest("button[data-do=step]"), field = button && question(event).querySelector("input[data-step]");
    if (!field || field.readOnly) return false;
    const step = Number(field.dataset.step), now = Number(field.value.replace(/\s/g, "").replace(",", "."));
    const next = Number.isFinite(now) && field.value.trim() ? now + step * Number(button.value) : 0;
    field.value = String(Number(next.toFixed(6))).replace(".", document.documentElement.lang === "fr" ? "," : ".");
    return true;
  }
  /* A question with as many fields as one likes. */
  function several(event, emit) {
    const button = event.target.closest("button[data-do]"), fields = [...question(event).querySelectorAll(".rowsof input")];
    if (event.type === "click" && !button) return;
    fields.forEach((field) => { field.dataset.sent = field.value; });
    sent();
    const units = [...question(event).querySelectorAll(".rowsof select")].map((one) => one.value);
    emit({ do: button ? button.dataset.do : "", at: button ? button.dataset.at : "", rows: fields.map((field) => field.value), units });
    if (button && button.dataset.do === "add") {
      const root = question(event).id, many = fields.length;
      setTimeout(function wait(tries = 40) {
        const now = byId(root) ? byId(root).querySelectorAll(".rowsof input") : [];
        if (now.length > many) now[now.length - 1].focus(); else if (tries) setTimeout(wait, 25, tries - 1);
      }, 25);
    }
  }
  /* One answer among very many: the server looks, the arrows choose. */
  let looking = 0;
  function search(event, emit) {
    const root = question(event), field = root.querySelector("input[role=combobox]"), list = root.querySelector("[role=listbox]");
    const close = () => { list.hidden = true; if (field) { field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); } };
    const pick = (row) => { close(); field.value = ""; field.dataset.sent = ""; sent(); emit({ choose: row.dataset.code }); };
    if (event.type === "click") {
      const button = event.target.closest("button[data-do=remove]"), row = event.target.closest("[role=option]");
      if (button) { sent(); emit({ remove: button.dataset.at }); setTimeout(() => field && byId(field.id) && byId(field.id).focus(), 50); }
      else if (row) pick(row);
      return;
    }
    if (event.type === "focusout") return void setTimeout(() => { if (!root.contains(document.activeElement)) close(); }, 150);
    if (event.target !== field) return;
    if (event.type === "input") {
      clearTimeout(looking);
      field.dataset.sent = field.value;
      if (!field.value.trim()) return close();
      looking = setTimeout(() => emit({ search: field.value }), 250);
      return;
    }
    const rows = [...list.querySelectorAll("[role=option]")], now = rows.findIndex((row) => row.id === field.getAttribute("aria-activedescendant"));
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && rows.length && !list.hidden) {
      event.preventDefault();
      const next = rows[(now + (event.key === "ArrowDown" ? 1 : rows.length - 1) + (now < 0 && event.key === "ArrowUp" ? 1 : 0)) % rows.length];
      rows.forEach((row) => row.setAttribute("aria-selected", String(row === next)));
      field.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (now >= 0 && !list.hidden) pick(rows[now]);
      else if (field.dataset.open !== undefined && field.value.trim()) { const words = field.value; close(); field.value = ""; field.dataset.sent = ""; sent(); emit({ words }); }
    } else if (event.key === "Escape") close();
  }
  function found(id, text, rows) {
    const root = byId(id), field = root && root.querySelector("input[role=combobox]"), list = root && root.querySelector("[role=listbox]");
    if (!field || field.value !== text) return;   /* more was typed meanwhile: another answer is on its way */
    list.replaceChildren(...rows.map((row, index) => {
      const one = document.createElement("li");
      Object.assign(one, { id: id + "-o" + index, textContent: row.text });
      one.dataset.code = row.code;
      one.setAttribute("role", "option");
      one.setAttribute("aria-selected", "false");
      one.addEventListener("mousedown", (event) => event.preventDefault());   /* the focus stays in the field */
      return one;
    }));
    list.hidden = !rows.length;
    field.setAttribute("aria-expanded", String(rows.length > 0));
    field.removeAttribute("aria-activedescendant");
    const status = root.querySelector("[role=status]");
    status.textContent = rows.length ? status.dataset.some.replace("%n", rows.length) : status.dataset.none;
    status.classList.toggle("sr", rows.length > 0);
  }
  /* Files go by their own way, not by the page's socket; the server checks them and says under which key it keeps them. */
  async function file(event, emit) {
    const button = event.target.closest("button[data-do=remove]"), field = event.target;
    if (event.type === "click") return void (button && (sent(), emit({ remove: button.dataset.at })));
    if (!field.matches("input[type=file]") || !field.files.length) return;
    const one = field.files[0], status = question(event).querySelector("[role=status]");
    if (one.size > Number(field.dataset.limit)) { field.value = ""; return emit({ refused: field.dataset.toolarge }); }
    status.textContent = field.dataset.busy;
    try {
      const body = new FormData();
      body.append("file", one);
      const to = field.dataset.to;
      if (!to.startsWith("/")) return;
      const answer = await fetch(to, { method: "POST", body, credentials: "same-origin" });
      const told = await answer.json();
      status.textContent = "";
      field.value = "";
      if (answer.ok) { sent(); emit({ file: told.key }); } else emit({ refused: told.error || field.dataset.failed });
    } catch { status.textContent = ""; emit({ refused: field.dataset.failed }); }
  }
  /* A signature: the name in its field, the drawing as the finger leaves it. */
  function sign(event, emit) {
    const root = question(event), pad = root.querySelector("canvas");
    if (event.type === "change") { if (event.target.matches("input")) { event.target.dataset.sent = event.target.value; sent(); emit({ name: event.target.value }); } return; }
    if (event.type === "click") { if (event.target.closest("button[data-do=erase]")) { if (pad) pad.getContext("2d").clearRect(0, 0, pad.width, pad.height); sent(); emit({ drawing: "" }); } return; }
    if (!pad || event.target !== pad) return;
    const pen = pad.getContext("2d"), box = pad.getBoundingClientRect();
    const at = [((event.clientX - box.left) * pad.width) / box.width, ((event.clientY - box.top) * pad.height) / box.height];
    if (event.type === "pointerdown") {
      pad.setPointerCapture(event.pointerId);
      Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#1b2433" });
      pen.beginPath(); pen.moveTo(...at); pen.lineTo(at[0] + 0.1, at[1]); pen.stroke();
      pad.dataset.pen = "down";
    } else if (event.type === "pointermove" && pad.dataset.pen) { pen.lineTo(...at); pen.stroke(); }
    else if (pad.dataset.pen) { delete pad.dataset.pen; sent(); emit({ drawing: pad.toDataURL("image/png") }); }
  }
  /* A small file of text goes through the socket: it is read here and kept nowhere. */
  async function read(event, emit) {
    const one = event.target.files && event.target.files[0];
    if (one) emit(one.size > LIMIT ? {} : { name: one.name, text: await one.text() });
  }
  /* ── Tabs: arrows, Home and End move; the panel follows ── */
  function openTab(tab) {
    for (const one of tab.closest("[role=tablist]").querySelectorAll("[role=tab]")) {
      const here = one === tab, panel = byId(one.getAttribute("aria-controls"));
      one.setAttribute("aria-selected", String(here));
      one.tabIndex = here ? 0 : -1;
      if (panel) panel.hidden = !here;
    }
  }
  document.addEventListener("click", (event) => { const tab = event.target.closest && event.target.closest("[role=tab]"); if (tab) openTab(tab); });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest && event.target.closest("[role=tab]");
    if (!tab) return;
    const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")], at = tabs.indexOf(tab);
    const next = { ArrowRight: tabs[(at + 1) % tabs.length], ArrowLeft: tabs[(at + tabs.length - 1) % tabs.length], Home: tabs[0], End: tabs[tabs.length - 1] }[event.key];
    if (next) { event.preventDefault(); openTab(next); next.focus(); }
  });
  const LIMIT = 900000;   /* the socket refuses a message over 1 MB: say it here, before sending */
  function text(event, emit) {
    if (event.type === "click" && !spin(event)) return;
    const field = event.type === "click" ? question(event).querySelector("input[data-step]") : event.target;
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
    if (step) { if (unset) input.value = input.defaultValue; else input.stepUp(Number(step.value)); }
    else if (event.type === "click" && !unset) return;   /* already told by `change` */
    input.classList.remove("unset"); out.classList.remove("unset");
    input.style.setProperty("--at", ((input.value - input.min) * 100) / (input.max - input.min) + "%");
    input.removeAttribute("aria-valuetext");
    out.textContent = out.dataset.shown.replace("%n", Number(input.value).toLocaleString(document.documentElement.lang));
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

  return { focus, choice, text, parts, several, search, found, file, read, sign, scale, sent, later, press, review };
})();
