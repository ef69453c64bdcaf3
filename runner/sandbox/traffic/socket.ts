import type { RawData, WebSocket } from 'ws';
import type { ProfileName } from '../protocol/profile.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { clientFrameSchema } from '../protocol/frames.ts';
import { opSchemas } from '../protocol/operations.ts';
import type { OpName } from '../protocol/operations.ts';
import { SandboxError } from '../world/errors.ts';
import type { Connection } from '../world/hub.ts';
import { dropStanzas } from '../world/stanzas.ts';
import type { World } from '../world/world.ts';
import { noAnswer } from './operation.ts';
import type { Handler } from './operation.ts';
import { operations } from './operations.ts';

const isOp = (name: string): name is OpName => Object.hasOwn(opSchemas, name);

async function perform<K extends OpName>(
  world: World,
  connection: Connection,
  op: K,
  args: unknown,
): Promise<unknown> {
  const parsed = opSchemas[op].safeParse(args);
  if (!parsed.success) throw new SandboxError(400, 'BAD_ARGS', `${op}: ${parsed.error.message}`);
  const handler: Handler<K> = operations[op];
  // The table pairs each name with the handler of its own schema; TypeScript cannot follow that through K.
  return handler(world, connection, parsed.data as never);
}

async function answer(
  world: World,
  connection: Connection,
  id: number,
  op: string,
  args: unknown,
): Promise<void> {
  try {
    if (!isOp(op))
      throw new SandboxError(501, 'UNKNOWN_OP', `the sandbox knows no operation "${op}"`);
    const result = await perform(world, connection, op, args);
    if (result !== noAnswer) connection.send({ id, ok: true, result });
  } catch (error) {
    if (!(error instanceof SandboxError)) world.report(error);
    const status = error instanceof SandboxError ? error.status : 500;
    const message = error instanceof Error ? error.message : String(error);
    connection.send({ id, ok: false, error: { status, message } });
  }
}

function receive(world: World, connection: Connection, text: string): void {
  const frame = clientFrameSchema.safeParse(JSON.parse(text));
  if (!frame.success) throw new SandboxError(400, 'BAD_FRAME', frame.error.message);
  if (connection.deaf && !('evalId' in frame.data)) return;
  if ('acked' in frame.data) {
    const { acked } = frame.data;
    const device = connection.link?.device;
    if (device === undefined) return;
    world.ledger.run((tx) => dropStanzas(tx, device, acked)).catch(world.report);
  } else if ('evalId' in frame.data) {
    world.hub.settleEval(frame.data.evalId, frame.data.ok, frame.data.value);
  } else {
    void answer(world, connection, frame.data.id, frame.data.op, frame.data.args);
  }
}

/** Text frames come as one Buffer with ws's default settings. */
const frameText = (data: RawData): string => (Buffer.isBuffer(data) ? data.toString('utf8') : '');

/** Lets one page's socket speak to the world until it closes. */
export function serveSocket(
  world: World,
  socket: WebSocket,
  profile: ProfileName,
  id: number,
): void {
  const connection: Connection = {
    id,
    profile,
    link: null,
    browser: {},
    ref: null,
    refsShown: 0,
    flowing: false,
    deaf: false,
    lastSentSeq: 0,
    send: (frame: ServerFrame) => {
      if (connection.deaf && !('push' in frame && frame.push === 'eval')) return;
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    },
    close: () => socket.close(),
    terminate: () => socket.terminate(),
  };
  world.hub.add(connection);
  socket.on('message', (data) => {
    try {
      receive(world, connection, frameText(data));
    } catch (error) {
      world.report(error);
      socket.close(1008, 'bad frame');
    }
  });
  socket.on('close', () => {
    world.presences.forget(connection);
    world.hub.remove(connection);
  });
  socket.on('error', world.report);
}
