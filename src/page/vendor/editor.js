// CodeMirror with Lua, as one file: see make beside this.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { StreamLanguage, bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "12px", maxHeight: "560px" },
  ".cm-scroller": { overflow: "auto", fontFamily: "ui-monospace, monospace" },
  ".cm-gutters": { color: "var(--dim)", backgroundColor: "var(--card)", borderRight: "1px solid var(--rule)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--link) 10%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
});

/** An editor in `place`; Ctrl-S saves, Escape then Tab leaves it. */
export function open(place, text, save) {
  place.replaceChildren();
  // In a shadow its styles are sheets of the tree's own; beside the page they would be elements, which the page's policy forbids.
  const root = place.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
  const run = () => (save(), true);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(),
        StreamLanguage.define(lua), syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
        EditorView.contentAttributes.of({ "aria-label": "Text of the script" }),
        keymap.of([{ key: "Mod-s", run, preventDefault: true }, indentWithTab, ...defaultKeymap, ...historyKeymap]), theme,
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
    faults(faults) {
      const { doc } = view.state;
      const marks = faults.filter(({ line }) => line >= 1 && line <= doc.lines).map(({ line, why }) => {
        const { from, to } = doc.line(line);
        return { from, to, severity: "error", message: why };
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
  };
}
