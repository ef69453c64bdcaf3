/** The one state machine of a session; runner/session/state.ts holds its transitions. */
export const SESSION_STATUSES = [
  'created',
  'starting',
  'qr',
  'pairing_code',
  'authenticating',
  'online',
  'reconnecting',
  'disconnected',
  'logged_out',
  'action_required',
  'failed',
] as const;

export type SessionStatus = (typeof SESSION_STATUSES)[number];

/** States in which a send is accepted and queued; every other state answers SESSION_NOT_READY. */
export const ACCEPTING_STATUSES = ['online', 'reconnecting'] as const satisfies SessionStatus[];

export const SESSION_MODES = ['live', 'sandbox'] as const;
export type SessionMode = (typeof SESSION_MODES)[number];

/** Kinds of engine that a session can run on. */
export const SESSION_ENGINES = ['wwebjs'] as const;
export type SessionEngine = (typeof SESSION_ENGINES)[number];

/** Builds of WhatsApp Web that the sandbox can play. */
export const SANDBOX_PROFILES = ['stock', '2026-09'] as const;
export type SandboxProfile = (typeof SANDBOX_PROFILES)[number];
