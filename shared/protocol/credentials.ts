import { z } from 'zod';

/** How a bundle is sealed; a runner opens the seals it knows. */
export const CREDENTIALS_SEAL = 1;

/** A sealed bundle up to this size travels in the commit itself and stands in the database. */
export const CREDENTIALS_INLINE_BYTES = 1_048_576;

/** No session needs more; the edge reads every bundle back once. */
export const CREDENTIALS_MAX_BYTES = 512 * 1_048_576;

/** Who asks: the session's owner in this epoch and boot. */
const Holder = z.object({
  sessionId: z.string(),
  epoch: z.number().int().min(1),
  runnerId: z.string(),
  bootId: z.string(),
});
export type CredentialsHolder = z.infer<typeof Holder>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const DataKey = z.base64();
const Seal = z.number().int().min(1);
/** The engine's name for what is in a bundle; nobody but the engine looks into it. */
const Format = z.string().regex(/^[a-z0-9-]{1,40}$/);
/** Rises with whatever writes the format, for example Chromium's major version: an older one may misread it. */
const FormatVersion = z.number().int().min(1);

/** Asks for a version number, the key to seal it with, and a place to put it. */
export const CredentialsSlotRequest = Holder.extend({
  format: Format,
  seal: Seal,
  /** Of the sealed bundle, to the byte. */
  sizeBytes: z.number().int().min(1).max(CREDENTIALS_MAX_BYTES),
});
export type CredentialsSlotRequest = z.infer<typeof CredentialsSlotRequest>;

export const CredentialsSlotResponse = z.object({
  version: z.number().int(),
  /** What the seal is bound to, beside session, version and epoch. */
  workspaceId: z.string(),
  /** 32 bytes, base64. */
  dataKey: DataKey,
  /** Presigned PUT of exactly `sizeBytes`; null: the bundle goes with the commit. */
  uploadUrl: z.url().nullable(),
});
export type CredentialsSlotResponse = z.infer<typeof CredentialsSlotResponse>;

/** Says that a bundle is in its place, and what it is. */
export const CredentialsCommitRequest = Holder.extend({
  version: z.number().int().min(1),
  sha256: Sha256,
  sizeBytes: z.number().int().min(1).max(CREDENTIALS_MAX_BYTES),
  /** Of the files in it, before compression. */
  contentBytes: z.number().int().min(0),
  formatVersion: FormatVersion,
  /**
   * The generation of the credentials: number of the newest copy made of them, or restored to them, before this one; 0 for
   * none. It only rises.
   */
  generation: z.number().int().min(0),
  /** No engine uses them now, so the copy is complete. Repeated for a copy that is current already. */
  atRest: z.boolean(),
  /** The linked phone, bare digits; null when the engine had no registration. */
  phoneNumber: z.string().regex(/^\d+$/).nullable(),
  /** The sealed bundle, when its slot had no place for it. */
  inline: z.base64().optional(),
});
export type CredentialsCommitRequest = z.infer<typeof CredentialsCommitRequest>;

/** Why a commit is refused (409, `details.reason`). The version that was current stays so. */
export const COMMIT_REFUSALS = [
  'registration_missing',
  'number_changed',
  /** A newer copy than these credentials is kept: they are old. */
  'generation_fell',
  'stale_epoch',
  /** Another version became current meanwhile, or this one's slot is gone. */
  'superseded',
  /** What was read back is not what was committed. */
  'not_stored',
] as const;
export type CommitRefusal = (typeof COMMIT_REFUSALS)[number];

export const CredentialsCommitResponse = z.object({ version: z.number().int() });
export type CredentialsCommitResponse = z.infer<typeof CredentialsCommitResponse>;

/** Asks for the newest version that this runner's engine may open. */
export const CredentialsRestoreRequest = Holder.extend({
  format: Format,
  formatVersion: FormatVersion,
  /** Newest seal that the runner can open. */
  seal: Seal,
  /** Versions that could not be opened: those before them are wanted. */
  failed: z.array(z.object({ version: z.number().int(), error: z.string().max(200) })).max(20),
});
export type CredentialsRestoreRequest = z.infer<typeof CredentialsRestoreRequest>;

export const CredentialsRestoreResponse = z.discriminatedUnion('found', [
  /** `too_new`: what there is was made by a newer engine or runner than this one. */
  z.object({
    found: z.literal(false),
    reason: z.enum(['none', 'too_new', 'unopenable']),
    generation: z.number().int(),
  }),
  z.object({
    found: z.literal(true),
    version: z.number().int(),
    /** Version that is current, which may be a later one: what is restored takes its place in the line. */
    generation: z.number().int(),
    epoch: z.number().int(),
    seal: z.number().int(),
    sha256: Sha256,
    sizeBytes: z.number().int(),
    phoneNumber: z.string(),
    dataKey: DataKey,
    /** Exactly one of the two. */
    downloadUrl: z.url().nullable(),
    inline: z.base64().nullable(),
  }),
]);
export type CredentialsRestoreResponse = z.infer<typeof CredentialsRestoreResponse>;
