import { z } from 'zod';
import { modalLanguages } from '../protocol/profile.ts';

const delayMs = z.number().int().min(-1);
const count = z.number().int().min(0);

/** How a world misbehaves. Kept per account; what applies before pairing (qr…) comes from the sandbox-wide defaults. */
export const faultsSchema = z.object({
  /** Milliseconds from a send to ack 1 (server), 2 (device), 3 (read); -1 never. Each later one needs the earlier. */
  ackDelaysMs: z.tuple([delayMs, delayMs, delayMs]),
  /** So many next sends are recorded but never answered on this connection; a resend after reconnecting is. */
  loseAck: count,
  /** So many next sends are refused with a server error, and not recorded. */
  failSends: count,
  /** Time a send travels before the world records it. */
  sendLatencyMs: count,
  /** HTTP status of media uploads; null accepts them. */
  uploadStatus: z.number().int().min(400).max(599).nullable(),
  /** So many next media downloads fail with a server error. */
  failDownloads: count,
  /** Media downloads are not answered. */
  stallDownloads: z.boolean(),
  /** So many next questions whether somebody is on WhatsApp are refused as too many (429). */
  limitChecks: count,
  /** Media downloads answer 404, as when the server no longer has the file. */
  expireMedia: z.boolean(),
  /** `never`: the page is linked, and its state never becomes CONNECTED. */
  connects: z.enum(['normal', 'never']),
  hasSynced: z.enum(['normal', 'early', 'never']),
  offlineDelivery: z.enum(['beforeSync', 'afterReady']),
  /** `auto` follows the profile: once after pairing on 2026-09, never on stock. */
  modal: z.enum(['off', 'on', 'auto']),
  modalLanguage: z.enum(modalLanguages),
  /** An unanswered dialog ends in a logout after this time. */
  modalLogoutMs: count,
  /** Length of the offline-progress phase between connecting and being synced. */
  syncMs: count,
  /** Life of a QR reference, and how many are shown before the page goes idle (0: no limit). */
  qrTtlMs: z.number().int().min(50),
  qrMaxRefs: count,
  /** Delay of the echo contact's answer. */
  echoDelayMs: count,
});

export type Faults = z.infer<typeof faultsSchema>;

export const noFaults: Faults = {
  ackDelaysMs: [20, 80, 150],
  loseAck: 0,
  failSends: 0,
  sendLatencyMs: 0,
  uploadStatus: null,
  failDownloads: 0,
  limitChecks: 0,
  stallDownloads: false,
  expireMedia: false,
  connects: 'normal',
  hasSynced: 'normal',
  offlineDelivery: 'beforeSync',
  modal: 'auto',
  modalLanguage: 'en',
  modalLogoutMs: 300_000,
  syncMs: 150,
  qrTtlMs: 20_000,
  qrMaxRefs: 0,
  echoDelayMs: 600,
};
