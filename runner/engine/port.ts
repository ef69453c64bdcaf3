import type { SessionProxy, Traffic } from '../../shared/protocol/leases.ts';
import type { FactReport } from '../../shared/protocol/runner-reports.ts';
import type { OutboundContent } from '../../shared/protocol/outbound-message.ts';
import type { SessionAction } from '../../shared/session-actions.ts';
import type { SandboxProfile, SessionMode } from '../../shared/session-status.ts';

/** Who the linked phone is. `phoneNumber` is bare digits. */
export type EngineIdentity = {
  phoneNumber: string;
  lid: string | null;
  displayName: string | null;
};

/** The bytes of an inbound file, on the runner's disk until they are in object storage. */
export type InboundFile = {
  path: string;
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
};

/** What an engine says of itself, in order. After `closed` it says nothing more. */
export type EngineEvent =
  | { type: 'qr'; qr: string; expiresAt: number }
  /** A code to type on the phone, after `requestPairingCode`: the first one and each that takes its place. */
  | { type: 'pairing_code'; code: string; expiresAt: number }
  /** A phone is linked. Told again when the page is loaded anew before it was ready. */
  | { type: 'authenticated' }
  | { type: 'ready'; me: EngineIdentity; webVersion: string | null }
  /** The page's socket went away or came back; the engine reconnects by itself. */
  | { type: 'connection'; connected: boolean; detail: string }
  /** The phone, or what else is linked to the account, did something at `at` (Unix ms) that we did not. */
  | { type: 'phone_seen'; at: number }
  /** The phone unlinked us: never reconnect, always a new engine. */
  | { type: 'logged_out'; reason: string }
  | { type: 'action_required'; action: SessionAction }
  /**
   * `file` is there when the fact is a message with media; its `media.mediaId` is still null. `kept`, where there is one, is
   * to be called once the fact is on the disk.
   */
  | { type: 'fact'; fact: FactReport; file?: InboundFile; kept?: () => void }
  /** The engine is of no more use: page or browser crashed, start failed, or the library gave up. */
  | {
      type: 'closed';
      reason: 'stopped' | 'crashed' | 'start_failed' | 'conflict' | 'unpaired';
      detail: string;
    };

export type EngineSend = {
  wireId: string;
  chatId: string;
  content: OutboundContent;
  quotedWireId?: string;
  /** Path of the outbound file's bytes, when the content has media. */
  filePath?: string;
  /** How long to wait for the server's ack before saying `accepted`; the engine's own time where it is not said. */
  ackMs?: number;
};

/**
 * `sent`: WhatsApp's server has it. `accepted`: on the page under our wire id, ack not seen in time: watch for it.
 * `failed`: known not to have left. `unknown`: it may have left, and nothing more can be learned now.
 */
export type EngineSendResult =
  | { outcome: 'sent' | 'accepted'; wireKey: string }
  | {
      outcome: 'failed';
      code: 'RECIPIENT_NOT_ON_WHATSAPP' | 'MESSAGE_FAILED' | 'UNAVAILABLE';
      message: string;
    }
  | { outcome: 'unknown'; message: string };

/** Ack level of a message on the page: −1 error, 0 pending, 1 server, 2 device, 3 read, 4 played. */
export type EngineLookUp = { found: false } | { found: true; ack: number; wireKey: string };

/** Where facts are saved that the runner does not store in time, and the lease's epoch in which they came. */
export type UnreportedPlace = { file: string; epoch: number };

export type EngineOptions = {
  sessionId: string;
  mode: SessionMode;
  sandboxProfile: SandboxProfile | null;
  /** Chromium's profile; kept over restarts. */
  profileDir: string;
  /** Where inbound files are put. */
  filesDir: string;
  unreported: UnreportedPlace;
  /** Status posts and channel posts are left out unless they are wanted. */
  traffic: Traffic;
  proxy: SessionProxy | null;
};

/** `refused`: WhatsApp takes no code for this number, or not now; `message` says what it said. */
export type EnginePairingCode =
  | { outcome: 'shown'; code: string; expiresAt: number }
  | { outcome: 'already_linked' }
  | { outcome: 'refused'; message: string };

/** Resources of an engine's processes since they began. `pssBytes` is null where the system does not tell it. */
export type EngineUsage = {
  processes: number;
  rssBytes: number;
  pssBytes: number | null;
  cpuMs: number;
};

/**
 * One WhatsApp link. Every call settles within its own deadline, and no call throws for what WhatsApp does:
 * outcomes are values; a rejected promise means that the engine itself is broken.
 */
export type WhatsAppEngine = {
  /** Resolves when the page is up and says `qr` or `authenticated` next; rejects when it cannot start. */
  start(): Promise<void>;
  /** Closes the browser and keeps the link. Idempotent; nothing of the engine is left when it resolves. */
  stop(): Promise<void>;
  /** Ends at once whatever is left, children included. */
  kill(): void;
  /** Drops the link at WhatsApp, then closes. */
  logout(): Promise<void>;
  send(message: EngineSend): Promise<EngineSendResult>;
  lookUp(wireId: string, chatId: string): Promise<EngineLookUp>;
  isOnWhatsApp(
    chatId: string,
  ): Promise<{ exists: boolean; chatId: string | null; lid: string | null }>;
  screenshot(): Promise<Uint8Array>;
  /** Asks for a code to type on the phone instead of scanning. @param phone bare digits with the country code */
  requestPairingCode(phone: string): Promise<EnginePairingCode>;
  /** What its processes take now; null when that cannot be told. */
  usage(): Promise<EngineUsage | null>;
  /**
   * Stands still for `work`, for `capMs` at most, so that its files do not change meanwhile; goes on whatever happens.
   * Rejects as `work` does, and when it could not stand still for long enough: what was read is worth nothing then.
   */
  paused<T>(capMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Liveness: rejects or stays away past `deadlineMs` when the page is gone or frozen. */
  ping(deadlineMs: number): Promise<{ state: string }>;
};

/** Makes an engine; `emit` is called for each event from then on, in order. Does no I/O before `start`. */
export type EngineFactory = (
  options: EngineOptions,
  emit: (event: EngineEvent) => void,
) => WhatsAppEngine;
