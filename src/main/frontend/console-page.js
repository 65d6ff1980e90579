// What belongs to this browser: the colour scheme that was chosen, and the keys of a page.
const KEY = 'meridian-scheme';
const SCHEMES = ['system', 'light', 'dark'];

function chosen() {
  const stored = localStorage.getItem(KEY);
  return SCHEMES.includes(stored) ? stored : 'system';
}

function apply(scheme) {
  document.documentElement.style.colorScheme = scheme === 'system' ? 'light dark' : scheme;
}

apply(chosen());

window.meridian = {
  scheme: chosen,
  chooseScheme(scheme) {
    localStorage.setItem(KEY, scheme);
    apply(scheme);
  },
};

document.addEventListener('keydown', (event) => {
  const typing = event
    .composedPath()
    .some((node) => node.matches?.('input, textarea, [contenteditable="true"]'));
  if (typing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (event.key === '/') {
    const search = document.querySelector('[data-search]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
    return;
  }
  // A dialog is in front of what the keys belong to.
  const modal = document.querySelector('vaadin-dialog[opened], vaadin-confirm-dialog[opened]');
  const keyed = modal ? null : document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (keyed && !keyed.disabled) {
    event.preventDefault();
    keyed.click();
  }
});
