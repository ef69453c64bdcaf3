import type { HonoRequest } from 'hono';

/** The subprotocol that carries a token, since a browser sends no headers with a WebSocket: `waypost.token.<token>`. */
const TOKEN_PROTOCOL = 'waypost.token.';

/** What stands in a request where a one-time token belongs: `?token=`, or a subprotocol. */
export function oneTimeToken(req: HonoRequest): string | null {
  const offered = (req.header('sec-websocket-protocol') ?? '').split(',').map((one) => one.trim());
  const carrying = offered.find((one) => one.startsWith(TOKEN_PROTOCOL));
  return (req.query('token') ?? carrying?.slice(TOKEN_PROTOCOL.length))?.trim() ?? null;
}
