import type { Socket } from 'node:net';
import { reasonOf } from '../../log.ts';
import type { PgliteEngine } from './engine.ts';
import { FrameReader } from './frame-reader.ts';
import {
  askForPassword,
  errorResponse,
  lastStatus,
  ready,
  simpleQuery,
  StartupCode,
  startupParameters,
  sync,
  welcome,
} from './messages.ts';
import type { Turns } from './turns.ts';

export type PgliteHouse = { engine: PgliteEngine; turns: Turns; user: string; password: string };

/** After these the client waits for an answer: Query, Sync, Flush, CopyDone, CopyFail. */
const WAITS_FOR_ANSWER = new Set(['Q', 'S', 'H', 'c', 'f']);

/**
 * Serves one client until it hangs up. It keeps its turn from the first message of a transaction to the last,
 * so that transactions never mix; one it leaves open is rolled back.
 */
export async function serveClient(socket: Socket, house: PgliteHouse): Promise<void> {
  const reader = new FrameReader(socket);
  const parameters = await startUp(reader, socket);
  if (parameters === undefined || !(await logIn(reader, socket, parameters, house))) return;
  const user = parameters.get('user') ?? '';
  const database = parameters.get('database') ?? user;
  const me = {};
  try {
    await house.turns.take(me);
    if (!(await house.engine.goTo(database))) {
      socket.end(errorResponse('FATAL', '3D000', `database "${database}" does not exist`));
      return;
    }
    house.turns.giveBack(me);
    socket.write(welcome(parameters.get('application_name') ?? ''));
    await answerQueries(reader, socket, house, { me, database });
  } finally {
    await leave(house, me);
  }
}

/** Declines encryption, ignores cancelling, returns what the StartupMessage says. */
async function startUp(
  reader: FrameReader,
  socket: Socket,
): Promise<Map<string, string> | undefined> {
  for (let packet = await reader.startup(); packet !== undefined; packet = await reader.startup()) {
    const code = packet.length < 8 ? 0 : packet.readInt32BE(4);
    if (code === StartupCode.protocol3) return startupParameters(packet);
    if (code !== StartupCode.ssl && code !== StartupCode.gss) break;
    socket.write('N');
  }
  socket.end();
  return undefined;
}

async function logIn(
  reader: FrameReader,
  socket: Socket,
  parameters: Map<string, string>,
  { user, password }: PgliteHouse,
): Promise<boolean> {
  socket.write(askForPassword());
  const answer = await reader.message();
  const given = answer?.subarray(5, -1).toString();
  if (given === password && parameters.get('user') === user) return true;
  const name = parameters.get('user') ?? '';
  const reason = `password authentication failed for user "${name}"`;
  socket.end(errorResponse('FATAL', '28P01', reason));
  return false;
}

async function answerQueries(
  reader: FrameReader,
  socket: Socket,
  { engine, turns }: PgliteHouse,
  { me, database }: { me: object; database: string },
): Promise<void> {
  let pending: Buffer[] = [];
  for (let frame = await reader.message(); frame !== undefined; frame = await reader.message()) {
    const type = String.fromCharCode(frame[0] ?? 0);
    if (type === 'X') break;
    pending.push(frame);
    if (!WAITS_FOR_ANSWER.has(type)) continue;
    const messages = Buffer.concat(pending);
    pending = [];
    await turns.take(me);
    if (socket.destroyed) return;
    const answer = await runIn(engine, database, messages);
    if (lastStatus(answer) === 'I') turns.giveBack(me);
    socket.write(answer);
  }
  socket.end();
}

async function runIn(engine: PgliteEngine, database: string, messages: Buffer): Promise<Buffer> {
  try {
    if (await engine.goTo(database)) return await engine.run(messages);
    const gone = errorResponse('ERROR', '3D000', `database "${database}" does not exist`);
    return Buffer.concat([gone, ready()]);
  } catch (error) {
    return Buffer.concat([errorResponse('ERROR', 'XX000', reasonOf(error)), ready()]);
  }
}

async function leave({ engine, turns }: PgliteHouse, me: object): Promise<void> {
  if (!turns.has(me)) return;
  try {
    // Sync first: an extended query may have stopped half way.
    await engine.run(sync());
    await engine.run(simpleQuery('ROLLBACK'));
  } finally {
    turns.giveBack(me);
  }
}
