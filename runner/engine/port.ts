import { z } from 'zod';
import type { Conduct, SessionProxy, Traffic } from '../../shared/protocol/leases.ts';
import type { OutboundContent } from '../../shared/catalogue/message-kinds.ts';
import type { SandboxProfile, SessionEngine, SessionMode } from '../../shared/session-status.ts';
import type { Sound } from '../media/voice.ts';
import type { EngineCredentials } from './credentials.ts';
import type { EngineEvent } from './engine-event.ts';
import type { EngineInput, EngineOperation, EngineOutput } from './operations.ts';

export type { EngineEvent, EngineIdentity, InboundFile } from './engine-event.ts';

export type EngineSend = {
  wireId: string;
  chatId: string;
  content: OutboundContent;
  quotedWireId?: string;
  /** Path of the outbound file's bytes, when the content has media. */
  filePath?: string;
  /** Of a voice message. */
  sound?: Sound;
};

/**
 * `sent`: WhatsApp's server has it. `accepted`: on the page under our wire id; its ack comes as a fact.
 * `failed`: known not to have left. `unknown`: it may have left, and nothing more can be learned now.
 */
export const EngineSendResult = z.union([
  z.object({ outcome: z.enum(['sent', 'accepted']), wireKey: z.string() }),
  z.object({
    outcome: z.literal('failed'),
    code: z.enum([
      'RECIPIENT_NOT_ON_WHATSAPP',
      'NEW_CHATS_LIMITED',
      'MEDIA_REJECTED',
      'MESSAGE_FAILED',
      'UNAVAILABLE',
    ]),
    message: z.string(),
  }),
  z.object({ outcome: z.literal('unknown'), message: z.string() }),
]);
export type EngineSendResult = z.infer<typeof EngineSendResult>;

export type EngineLookUp = EngineOutput<'lookUp'>;
export type EnginePairingCode = EngineOutput<'requestPairingCode'>;

/** Where facts are saved that the runner does not store in time, and the lease's epoch in which they came. */
export type UnreportedPlace = { file: string; epoch: number };

/** Plain data: it crosses to the session's process. */
export type EngineOptions = {
  sessionId: string;
  engine: SessionEngine;
  mode: SessionMode;
  sandboxProfile: SandboxProfile | null;
  /** Where the engine keeps its link with the phone; kept over restarts. */
  stateDir: string;
  /** Where inbound files are put. */
  filesDir: string;
  unreported: UnreportedPlace;
  /** Status posts and channel posts are left out unless they are wanted. */
  traffic: Traffic;
  conduct: Conduct;
  proxy: SessionProxy | null;
};

/** Resources of an engine's processes since they began. `pssBytes` is null where the system does not report it. */
export type EngineUsage = {
  processes: number;
  rssBytes: number;
  pssBytes: number | null;
  cpuMs: number;
};

/**
 * One WhatsApp link. Every call settles within its own deadline, and no call throws for what WhatsApp does:
 * outcomes are values; a promise that rejects with anything but an AppError means that the engine itself is broken.
 */
export type WhatsAppEngine = {
  /** Resolves when the engine is up and reports `qr` or `authenticated` next; rejects when it cannot start. */
  start(): Promise<void>;
  /** Closes and keeps the link. Idempotent; nothing of the engine is left when it resolves. */
  stop(): Promise<void>;
  /** Ends at once whatever is left, children included. */
  kill(): void;
  /** Drops the link at WhatsApp, then closes. */
  logout(): Promise<void>;
  send(message: EngineSend): Promise<EngineSendResult>;
  /** Does one operation of the catalogue, within its row's patience. Rejects with an AppError for what WhatsApp refuses. */
  ask<Name extends EngineOperation>(
    name: Name,
    input: EngineInput<Name>,
  ): Promise<EngineOutput<Name>>;
  /** What its processes take now; null when unknown. */
  usage(): Promise<EngineUsage | null>;
  /**
   * Stands still for `work`, for `capMs` at most, so that its files do not change meanwhile; goes on whatever happens.
   * Rejects as `work` does, and when it could not stand still for long enough: what was read is worth nothing then.
   */
  paused<T>(capMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Liveness: rejects or stays away past `deadlineMs` when the engine is gone or frozen. */
  ping(deadlineMs: number): Promise<{ state: string }>;
};

/** Makes an engine; `emit` is called for each event from then on, in order. Does no I/O before `start`. */
export type EngineFactory = (
  options: EngineOptions,
  emit: (event: EngineEvent) => void,
) => WhatsAppEngine;

/** How a session's process makes its engine. `settings` come from the `EngineHost` of the same kind. */
export type EngineMaker = (
  options: EngineOptions,
  emit: (event: EngineEvent) => void,
  around: EngineSurroundings,
) => WhatsAppEngine;

export type EngineSurroundings = {
  settings: unknown;
  /** Structured entries; never message text, QR data or file names. */
  log: (entry: Record<string, unknown>) => void;
  /** The leader of the process group that the engine started, such as a browser's; null when it is gone. */
  onProcess: (pid: number | null) => void;
};

/** The runner's side of one kind of engine. */
export type EngineHost = {
  credentials: EngineCredentials;
  /** What the engine is made with beside its options, as plain data. */
  settings(options: EngineOptions): Promise<unknown>;
  /** Ends what a dead process left open on its folder. @returns false when something would not end */
  sweep(stateDir: string): Promise<boolean>;
  /**
   * Ends what an earlier runner left open on these folders; no engine of this runner may be running.
   * @returns the folders that were open
   */
  reap(stateDirs: readonly string[]): Promise<string[]>;
};
