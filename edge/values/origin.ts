/**
 * An origin as browsers write it in `Origin`: lower case, without a default port. A trailing slash is forgiven; null for
 * anything that is more or less than scheme, host and port.
 */
export function parseOrigin(text: string): string | null {
  if (!/^https?:\/\/[^/?#@*\s\\]+\/?$/i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).origin;
}
