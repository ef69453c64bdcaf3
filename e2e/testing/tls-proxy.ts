import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { generate } from 'selfsigned';

/**
 * A TLS proxy in front of a deployment, as operators put one there: it ends TLS and passes everything on as it came, with
 * the path and the host name that the browser asked for. Resolves when it listens on this port of 127.0.0.1.
 * @param target origin of the deployment, as http://127.0.0.1:8787
 * @returns ends it
 */
export async function startTlsProxy(port: number, target: string): Promise<() => void> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const { hostname, port: targetPort } = new URL(target);
  const passedOn = ({ url: path, method, headers }: IncomingMessage) => ({
    host: hostname,
    port: targetPort,
    path,
    method,
    headers: { ...headers, 'x-forwarded-proto': 'https' },
  });
  const server = createServer({ key, cert }, (incoming, answer) => {
    const asked = request(passedOn(incoming), (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    asked.on('error', () => answer.destroy());
    incoming.pipe(asked);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const { path, method, headers } = passedOn(incoming);
    const upstream = connect(Number(targetPort), hostname, () => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
      upstream.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
