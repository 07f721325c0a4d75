const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), [tabindex="0"]';

/** Moves the focus to the next or previous pane of the window, to where it can be worked with. */
export function focusPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter(
    (pane) => firstIn(pane) !== undefined,
  );
  if (panes.length === 0) return;
  const innermost = document.activeElement?.closest("[data-pane]");
  const at = panes.findIndex((pane) => pane === innermost);
  const next = panes.at((at + step + panes.length) % panes.length);
  if (next !== undefined) firstIn(next)?.focus();
}

function firstIn(pane: HTMLElement): HTMLElement | undefined {
  if (pane.tabIndex >= 0 && pane.offsetParent !== null) return pane;
  return [...pane.querySelectorAll<HTMLElement>(FOCUSABLE)].find(
    (element) => element.tabIndex >= 0 && element.offsetParent !== null,
  );
}
