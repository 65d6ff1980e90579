// What belongs to this browser: the colour scheme that was chosen, and the key that finds the search.
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
  const search = document.querySelector('[data-search]');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey || !search) {
    return;
  }
  event.preventDefault();
  search.focus();
});
