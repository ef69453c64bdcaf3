/**
 * Hands every warning of Node to `report`, instead of to stderr as plain text: a log holds one JSON entry a line.
 * @see https://nodejs.org/api/process.html#event-warning
 */
export function onNodeWarning(report: (fields: { name: string; detail: string }) => void): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => report({ name, detail: message }));
}
