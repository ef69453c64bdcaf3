// Before the first paint, so that a chosen theme does not flash. The name is that of app/theme.ts.
{
  const theme = localStorage.getItem('waypost-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}
