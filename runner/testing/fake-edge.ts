import { createServer, type IncomingMessage, type Server } from 'node:http';
import { z } from 'zod';
import { newId } from '../../shared/ids.ts';
import { MESSAGE_STATUS_RANK, type MessageStatus } from '../../shared/message-status.ts';
import {
  HeartbeatRequest,
  type Assignment,
  type HeartbeatResponse,
} from '../../shared/protocol/leases.ts';
import { ClaimRequest, UnsettledRequest } from '../../shared/protocol/outbound-message.ts';
import { CommandResponse } from '../../shared/protocol/runner-commands.ts';
import {
  MediaSlotRequest,
  ReportBatch,
  type Report,
  type SpooledReport,
} from '../../shared/protocol/runner-reports.ts';
import { verifyRequest, type SignRequestInput } from '../../shared/signing/signed-request.ts';
import { FakeCredentials } from './fake-credentials.ts';
import { answerStorage, headersOf } from './fake-storage.ts';
import { beat, type FakeSession } from './fake-leases.ts';
import { FakeQueue, type FakeMessage } from './fake-queue.ts';
import { signToRunner } from './sign-to-runner.ts';
import { until } from './until.ts';

export const RUNNER_TO_EDGE = [{ id: 'r1', secret: 'cd'.repeat(32) }];

type Kind = Report['kind'];

/** The neighbour behind the runner's back door: the edge's side of the protocol, in memory, signatures included. */
export class FakeEdge {
  readonly #queue = new FakeQueue();
  readonly messages = this.#queue.messages;
  readonly claims = this.#queue.claims;
  readonly sessions = new Map<string, FakeSession>();
  readonly reports: SpooledReport[] = [];
  readonly heartbeats: HeartbeatRequest[] = [];
  readonly stored = new Map<string, Buffer>();
  readonly credentials = new FakeCredentials((name) => `${this.url}/storage/${name}`);
  readonly refusedSignatures: string[] = [];
  /** Sessions that asked for messages, once per asking. */
  readonly claimCalls: string[] = [];
  /** Paths (`reports`, `heartbeat`, …, `storage`) that answer 503 for now. */
  readonly down = new Set<string>();
  /** Paths whose work is done and whose answer is lost. */
  readonly loseAnswerOf = new Set<string>();
  /** Reports that make the whole batch unfit (422). */
  unfit: (report: Report) => boolean = () => false;
  /** Batches of more get no answer. */
  mostReports = Infinity;
  /** Reports whose batch answers 503: the edge has them only when this lets it. */
  notNow: (report: Report) => boolean = () => false;
  /** Comes between a claim and its answer. */
  beforeClaimAnswer: () => Promise<unknown> = async () => undefined;
  /** Comes between what a heartbeat does and its answer. */
  beforeBeatAnswer: () => Promise<unknown> = async () => undefined;
  /** Heartbeats that answer 503. */
  notThisBeat: (request: HeartbeatRequest) => boolean = () => false;
  /** Unix ms; what the age of a signature is judged by. */
  now: () => number = Date.now;
  leaseMs = 30_000;
  url = '';
  #server: Server | null = null;
  readonly #nonces = new Set<string>();

  async start(port = 0): Promise<void> {
    this.#server = createServer((request, response) => {
      this.#answer(request).then(
        ({ status, body }) => {
          if (status === 0) {
            response.destroy();
            return;
          }
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(body instanceof Buffer ? body : JSON.stringify(body));
        },
        (error: unknown) => {
          response.writeHead(500);
          response.end(String(error));
        },
      );
    });
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = z.object({ port: z.number() }).parse(server.address());
    this.url = `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    this.#server = null;
  }

  addSession(change: Partial<Assignment> = {}): string {
    const sessionId = newId('session');
    const assignment: Assignment = {
      sessionId,
      workspaceId: newId('workspace'),
      epoch: 0,
      keptVersion: 0,
      engine: 'wwebjs',
      mode: 'live',
      sessionKey: '0f'.repeat(32),
      pacing: { minIntervalMs: 0, jitterMs: 0 },
      highestQueueSeq: -1,
      lastStarted: null,
      ...change,
    };
    this.sessions.set(sessionId, { assignment, owner: null, wanted: true, statuses: [] });
    return sessionId;
  }

  session(sessionId: string): FakeSession {
    const session = this.sessions.get(sessionId);
    if (session === undefined) throw new Error(`no session ${sessionId}`);
    return session;
  }

  queue(sessionId: string, text: string, change: Partial<FakeMessage> = {}): FakeMessage {
    return this.#queue.add(sessionId, text, change);
  }

  /** Reports of one kind about one session, in the order they came. */
  told<Wanted extends Kind>(sessionId: string, kind: Wanted): Extract<Report, { kind: Wanted }>[] {
    return this.reports
      .filter((spooled) => spooled.sessionId === sessionId)
      .map(({ report }) => report)
      .filter((report): report is Extract<Report, { kind: Wanted }> => report.kind === kind);
  }

  online(sessionId: string): Promise<unknown> {
    return until(
      'the session is online',
      () => this.session(sessionId).statuses.at(-1) === 'online',
    );
  }

  /** Online, and has seen that nothing waits. */
  async idle(sessionId: string): Promise<void> {
    await this.online(sessionId);
    await until('it looked for messages', () => this.claimCalls.includes(sessionId));
  }

  settled(message: FakeMessage): Promise<MessageStatus> {
    return until(
      `message ${message.queueSeq} is settled`,
      () => MESSAGE_STATUS_RANK[message.status] >= MESSAGE_STATUS_RANK.unknown && message.status,
    );
  }

  /** The address of the runner's last heartbeat. */
  get runner(): HeartbeatRequest {
    const last = this.heartbeats.at(-1);
    if (last === undefined) throw new Error('no heartbeat yet');
    return last;
  }

  /** Builds a signed request to the runner; in the session's own epoch by default. */
  sign(
    path: string,
    body: unknown,
    change: Partial<SignRequestInput> = {},
  ): Promise<{ request: Request; body: string }> {
    const epochOf = (id: string) => this.sessions.get(id)?.assignment.epoch ?? 1;
    return signToRunner(this.runner, { path, body, epochOf }, change);
  }

  async call(
    path: string,
    body: unknown,
    change: Partial<SignRequestInput> = {},
  ): Promise<{ status: number; body: unknown }> {
    const { request } = await this.sign(path, body, change);
    const answer = await fetch(request);
    return { status: answer.status, body: await answer.json() };
  }

  async command(
    sessionId: string,
    name: string,
    input: unknown,
    change: Partial<SignRequestInput> = {},
  ): Promise<{ status: number; response: CommandResponse }> {
    const { status, body } = await this.call(
      `/v1/sessions/${sessionId}/commands/${name}`,
      input,
      change,
    );
    return { status, response: CommandResponse.parse(body) };
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(request.url ?? '/', this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (url.pathname.startsWith('/storage/'))
      return answerStorage(this.stored, this.down.has('storage'), request.method, url, bytes);

    const name = url.pathname.replace('/internal/runners/', '');
    if (this.down.has(name)) return { status: 503, body: {} };
    const verified = await verifyRequest({
      request: { method: request.method ?? '', url: url.href, headers: headersOf(request) },
      body: bytes.toString('utf8'),
      keys: RUNNER_TO_EDGE,
      audience: 'edge',
      now: Math.floor(this.now() / 1_000),
      rememberNonce: (nonce) => !this.#nonces.has(nonce) && this.#nonces.add(nonce).size > 0,
    });
    if (!verified.ok) {
      this.refusedSignatures.push(`${name}: ${verified.reason}`);
      const details = { reason: verified.reason, now: Math.floor(this.now() / 1_000) };
      return { status: 401, body: { error: { code: 'UNAUTHORIZED', details } } };
    }
    const answer = this.#dispatch(name, JSON.parse(bytes.toString('utf8')));
    if (name === 'claim') await this.beforeClaimAnswer();
    if (name === 'heartbeat') await this.beforeBeatAnswer();
    return this.loseAnswerOf.has(name) ? { status: 0, body: {} } : answer;
  }

  #dispatch(name: string, body: unknown): { status: number; body: unknown } {
    if (name === 'heartbeat') {
      const beat = HeartbeatRequest.parse(body);
      if (this.notThisBeat(beat)) return { status: 503, body: {} };
      return { status: 200, body: this.#heartbeat(beat) };
    }
    if (name === 'claim') return this.#claim(ClaimRequest.parse(body));
    if (name === 'unsettled') {
      const request = UnsettledRequest.parse(body);
      return this.#fenced(request, () => this.#queue.unsettled(request.sessionId));
    }
    if (name === 'reports') {
      const batch = ReportBatch.parse(body);
      if (batch.reports.some(({ report }) => this.notNow(report))) return { status: 503, body: {} };
      if (batch.reports.length > this.mostReports) return { status: 0, body: {} };
      const unfit = batch.reports.some(({ report }) => this.unfit(report));
      return unfit ? { status: 422, body: {} } : { status: 200, body: this.#report(batch) };
    }
    if (name === 'media') {
      MediaSlotRequest.parse(body);
      const mediaId = newId('media');
      return { status: 200, body: { mediaId, putUrl: `${this.url}/storage/${mediaId}` } };
    }
    if (name.startsWith('credentials/'))
      return this.credentials.answer(name, body, this.sessions, this.stored);
    return { status: 404, body: {} };
  }

  #heartbeat(request: HeartbeatRequest): HeartbeatResponse {
    this.heartbeats.push(request);
    return beat(request, this.leaseMs, this.sessions, (id) => this.#queue.highest(id));
  }

  #claim(request: ClaimRequest): { status: number; body: unknown } {
    this.claimCalls.push(request.sessionId);
    return this.#fenced(request, () => this.#queue.claim(request));
  }

  #fenced(of: UnsettledRequest, body: () => unknown): { status: number; body: unknown } {
    const stale = this.session(of.sessionId).assignment.epoch !== of.epoch;
    return stale ? { status: 409, body: {} } : { status: 200, body: body() };
  }

  #report({ reports }: ReportBatch): { accepted: number; refused: [] } {
    for (const spooled of reports) {
      const seen = this.reports.some(
        ({ bootId, spoolSeq }) => bootId === spooled.bootId && spoolSeq === spooled.spoolSeq,
      );
      if (seen) continue;
      this.reports.push(spooled);
      const { report, sessionId, epoch } = spooled;
      if (
        report.kind === 'session.status' &&
        this.sessions.get(sessionId)?.assignment.epoch === epoch
      )
        this.session(sessionId).statuses.push(report.status);
      if (report.kind === 'message.settled') this.#queue.settle(report, epoch);
    }
    return { accepted: reports.length, refused: [] };
  }
}
