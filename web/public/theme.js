// Runs before the first paint, so that a chosen theme does not flash.
// The key and its values are those of src/theme/theme.svelte.ts.
try {
  const theme = localStorage.getItem('hob.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}
