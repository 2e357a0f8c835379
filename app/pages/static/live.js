// The shared page of a debrief: an editor in place of the text field, and what the server tells at every change.
// Without this script the page is a form, and shows the same when it is loaded again.
(() => {
  const $ = (id) => document.getElementById(id);
  const room = $("live"), field = $("text"), kept = $("kept"), said = $("said"), problem = $("problem");
  const types = room.dataset.role === "candidate";
  const path = room.querySelector("input[name=path]")?.value;
  const version = room.querySelector("input[name=version]");
  const words = room.dataset;
  let editor, timer, saving = Promise.resolve(true), pointing, dirty = false, sent = null, clash = null;

  const ask = (way, method, body) =>
    fetch(words.api + way, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
  const refuse = (text) => {
    problem.hidden = !text;
    problem.textContent = text;
  };

  // ---- what is typed is kept half a second later ----
  async function save() {
    clearTimeout(timer);
    if (!dirty || clash) return !clash;
    dirty = false;
    sent = editor.state.doc.toString();
    const draft = { path, version: Number(version.value), text: sent, prediction: $("prediction").value };
    try {
      const answer = await ask("/draft", "PUT", draft);
      const told = await answer.json();
      if (answer.ok) {
        version.value = Math.max(told.version, Number(version.value));
        kept.textContent = words.saved;
        return true;
      }
      dirty = true;
      if (answer.status === 429) typed();
      else if (answer.status !== 412) kept.textContent = told.detail;
      return false;
    } catch {
      dirty = true;
      kept.textContent = words.failed;
      timer = setTimeout(later, 3000);
      return false;
    }
  }
  const later = () => (saving = saving.then(save));
  const typed = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(later, 500);
  };
  const replace = (text) => {
    // Only what differs is replaced, so that the place in the file stays.
    const old = editor.state.doc.toString();
    if (old === text) return;
    let from = 0, end = old.length, to = text.length;
    while (from < end && from < to && old[from] === text[from]) from++;
    while (end > from && to > from && old[end - 1] === text[to - 1]) (end--, to--);
    editor.dispatch({ changes: { from, to: end, insert: text.slice(from, to) }, annotations: elsewhere.of(true) });
  };

  // ---- the editor ----
  const { EditorView, EditorState, StateField, StateEffect, Annotation, Decoration, HighlightStyle, tags } = CodeMirror;
  const elsewhere = Annotation.define(), mark = StateEffect.define();
  const marks = StateField.define({
    create: () => Decoration.none,
    update(shown, change) {
      shown = shown.map(change.changes);
      for (const effect of change.effects) if (effect.is(mark)) shown = Decoration.set(effect.value, true);
      return shown;
    },
    provide: (one) => EditorView.decorations.from(one),
  });
  const theme = EditorView.theme({
    "&": { color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: ".875rem", maxHeight: "70vh" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
    ".cm-content": { caretColor: "var(--ink)", minHeight: "20rem" },
    ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
    ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--raised)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
      backgroundColor: "var(--accent-soft)",
    },
    ".other": { backgroundColor: "var(--accent-soft)", boxShadow: "inset 4px 0 var(--accent)" },
    ".other::after": {
      content: "attr(data-name)", marginLeft: "1rem", padding: "0 .5rem", borderRadius: ".5rem", fontSize: ".75rem",
      fontFamily: "system-ui, sans-serif", backgroundColor: "var(--accent)", color: "var(--paper)",
    },
    ".caret": { boxShadow: "-2px 0 var(--accent)" },
  });
  const colours = HighlightStyle.define([
    { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
    { tag: [tags.string, tags.comment], color: "var(--quiet)" },
    { tag: tags.definition(tags.variableName), fontWeight: "600" },
  ]);
  let at = "";
  const moved = () => {
    const head = editor.state.selection.main.head, line = editor.state.doc.lineAt(head);
    const place = { path, line: line.number, character: head - line.from + 1 };
    if (at === `${place.line} ${place.character}`) return;
    at = `${place.line} ${place.character}`;
    clearTimeout(pointing);
    pointing = setTimeout(() => ask("/point", "POST", place).catch(() => {}), 400);
  };
  const go = (line) => {
    const begin = editor.state.doc.line(Math.min(line, editor.state.doc.lines)).from;
    editor.dispatch({ effects: EditorView.scrollIntoView(begin, { y: "center" }), annotations: elsewhere.of(true) });
  };
  if (field) {
    const label = document.querySelector("label[for=text]");
    const host = document.createElement("div");
    host.className = "editor";
    // In a root of its own the editor's style sheets are made by script, which the page's policy allows.
    const root = host.attachShadow({ mode: "open" });
    const begin = Number(new URLSearchParams(location.search).get("line")) || Number(field.dataset.line);
    editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: field.value,
        extensions: [
          CodeMirror.lineNumbers(), CodeMirror.history(), CodeMirror.drawSelection(), CodeMirror.bracketMatching(),
          CodeMirror.indentOnInput(), CodeMirror.indentUnit.of("    "), CodeMirror.highlightActiveLine(),
          CodeMirror.syntaxHighlighting(colours), theme, marks, EditorState.tabSize.of(4),
          path.endsWith(".py") ? CodeMirror.python() : [],
          EditorState.readOnly.of(!types),
          CodeMirror.keymap.of([
            { key: "Mod-Enter", run: () => (types && $("run").click(), true) },
            ...CodeMirror.defaultKeymap,
            ...CodeMirror.historyKeymap,
          ]),
          EditorView.contentAttributes.of({ "aria-label": label.textContent.trim(), tabindex: "0" }),
          EditorView.updateListener.of((change) => {
            const mine = !change.transactions.some((one) => one.annotation(elsewhere));
            if (change.docChanged && mine && types) typed();
            if (change.selectionSet && mine && editor) moved();
          }),
        ],
      }),
    });
    label.addEventListener("click", () => editor.focus());
    field.hidden = true;
    field.after(host);
    if (begin > 0 && begin <= editor.state.doc.lines) {
      const place = editor.state.doc.line(begin).from;
      editor.dispatch({ selection: { anchor: place }, annotations: elsewhere.of(true) });
      // The editor goes to the line and the page stays at its top, where the task is.
      editor.requestMeasure({
        read: (view) => view.lineBlockAt(place).top - view.scrollDOM.clientHeight / 2,
        write: (top, view) => (view.scrollDOM.scrollTop = top),
      });
    }
    $("keys")?.removeAttribute("hidden");
  }

  // ---- the form ----
  if (types && field) {
    $("prediction").addEventListener("input", typed);
    $("change").addEventListener("submit", async (event) => {
      event.preventDefault();
      const run = event.submitter?.value !== "keep";
      refuse("");
      if (event.submitter?.value === "stop") return void ask("/stop", "POST").catch(() => refuse(words.failed));
      dirty = true;
      if (!(await later()) || !run) return;
      const answer = await ask("/runs", "POST").catch(() => null);
      if (answer === null) refuse(words.failed);
      else if (!answer.ok) {
        const told = await answer.json();
        refuse([told.detail, told.hint].filter(Boolean).join(" "));
        if (told.type.endsWith("prediction-missing")) $("prediction").focus();
      }
    });
    for (const link of document.querySelectorAll(".files a"))
      link.addEventListener("click", async (event) => {
        if (!dirty || event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        await later();
        location.assign(link.href);
      });
    addEventListener("beforeunload", (event) => dirty && event.preventDefault());
  }
  function collide(other) {
    // Both texts are there; the candidate says which one stays.
    clash = other;
    kept.textContent = words.other + " ";
    const choose = (label, what) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "link", textContent: label });
      button.addEventListener("click", () => {
        version.value = clash.version;
        const text = clash.text;
        clash = null;
        kept.textContent = "";
        what(text);
      });
      kept.append(button, " ");
    };
    choose(words.take, (text) => ((dirty = false), replace(text)));
    choose(words.mine, typed);
  }

  // ---- what the server tells ----
  if (!words.events) return;
  let ended = null;
  const tell = (text) => {
    said.textContent = text;
    said.classList.toggle("hidden", !text);
  };
  const follow = $("follow");
  if (editor && follow) $("following").hidden = false;
  $("present").addEventListener("click", async (event) => {
    const link = event.target.closest("a"), one = link?.closest("li");
    if (!one || !editor || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (one.dataset.path === path) {
      go(Number(one.dataset.line) || 1);
      editor.focus();
    } else if (!types || !dirty || (await later())) location.assign(link.href);
  });
  const finish = () => {
    tell(words.ended);
    if (editor) editor.contentDOM.contentEditable = "false";
    for (const button of room.querySelectorAll("button")) button.disabled = true;
  };
  let followed = "";
  const show = () => {
    // Lines with who is there, and the character before which each cursor stands.
    const state = editor.state, names = new Map(), ranges = [];
    for (const one of $("present").querySelectorAll("li[data-me=no]")) {
      const { path: where, line: number, character, name, who } = one.dataset;
      if (where !== path || !(Number(number) > 0)) continue;
      const line = state.doc.line(Math.min(Number(number), state.doc.lines));
      names.set(line.from, [...(names.get(line.from) ?? []), name]);
      const place = Math.min(line.from + Number(character || 1) - 1, line.to);
      if (character && place < line.to) ranges.push(Decoration.mark({ class: "caret" }).range(place, place + 1));
      if (who === "candidate" && follow?.checked && followed !== number) go(Number((followed = number)));
    }
    for (const [from, all] of names)
      ranges.push(Decoration.line({ class: "other", attributes: { "data-name": all.join(", ") } }).range(from));
    editor.dispatch({ effects: mark.of(ranges), annotations: elsewhere.of(true) });
  };
  function listen() {
    const source = new EventSource(words.events);
    source.addEventListener("open", () => said.textContent === words.lost && tell(""));
    source.addEventListener("error", async () => {
      tell(words.lost);
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      // An answer that is no stream: the end, or a server that is away behind another one.
      const answer = await ask("", "GET").catch(() => null);
      if (answer?.status === 404) finish();
      else setTimeout(listen, 3000);
    });
    source.addEventListener("present", (event) => {
      $("present").innerHTML = event.data;
      if (editor) show();
    });
    source.addEventListener("runs", (event) => {
      $("runs").innerHTML = event.data;
      const newest = $("runs").querySelector(".run");
      const done = newest && ["done", "failed", "stopped"].includes(newest.dataset.state);
      const number = done ? newest.dataset.number : "";
      if (ended !== null && number && number !== ended) said.textContent = words.done.replace("{n}", number);
      ended = number || ended || "";
    });
    source.addEventListener("text", (event) => {
      const told = JSON.parse(event.data);
      if (told.path !== path || !editor || told.version <= Number(version.value)) return;
      if (dirty && told.text !== sent) return collide(told);
      version.value = told.version;
      if (told.text !== sent) replace(told.text);
    });
    source.addEventListener("prediction", (event) => {
      const expected = $("expected");
      if (expected) expected.textContent = JSON.parse(event.data) || "…";
    });
    source.addEventListener("end", () => {
      source.close();
      finish();
    });
  }
  listen();
})();
