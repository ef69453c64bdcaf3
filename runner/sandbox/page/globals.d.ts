/** What the page's script leaves on `window` for the library, and what the library leaves for itself. */
interface Window {
  require: (name: string) => unknown;
  Debug: { VERSION: string } | undefined;
}
