export type OutboundTimes = {
  /** One look at the page. */
  pageCallMs: number;
  /** From asking the library to its answer, upload included. */
  textMs: number;
  /** The same for a text whose link preview has to be fetched; then it goes without one. */
  previewMs: number;
  mediaMs: number;
  /** How long to look for a message after the page went away under it. */
  afterReloadMs: number;
  /** How long to look for a message that the page should know. */
  missingMs: number;
};

export const OUTBOUND_TIMES: OutboundTimes = {
  pageCallMs: 10_000,
  textMs: 30_000,
  previewMs: 10_000,
  mediaMs: 44_000,
  afterReloadMs: 20_000,
  missingMs: 2_000,
};

/** Every wait of an engine, in milliseconds, so that tests can shorten them. */
export type EngineTimes = {
  outbound: OutboundTimes;
  /** From start to a page that says `qr` or `authenticated`. */
  startMs: number;
  /** Linked without being connected for this long, while it starts: give up. */
  connectMs: number;
  /** Connected without `ready` for this long: reload the page once; the second time give up. */
  readyMs: number;
  /** How often the page is looked at until it is ready. */
  watchMs: number;
  /** After `ready`, how long dialogs are looked for, and how often. */
  dialogForMs: number;
  dialogEveryMs: number;
  /** Closing the browser in peace; then it is killed. */
  closeMs: number;
  /** Letting facts that are under way out before closing. */
  flushMs: number;
  logoutMs: number;
  /** WhatsApp shows a QR reference for 20 s, the first one longer. */
  qrMs: number;
  /** A pairing code is good for so long, then the page shows another. */
  pairingCodeMs: number;
  /** How long WhatsApp may take to give one. */
  pairingAskMs: number;
  /** Connected, and nothing heard for this long: WhatsApp is asked something; and how long its answer may take. */
  lineQuietMs: number;
  lineAnswerMs: number;
  /** How often WhatsApp is asked what it limits the number to. */
  limitsMs: number;
  /** The shortest time between two such questions, however many messages are refused. */
  limitsLeastMs: number;
  /** How long to look for why a message was refused, which its ack waits for. */
  refusalMs: number;
  /** How often it is looked who of the subscribed is online: each makes one event in that time at most. */
  presenceMs: number;
  /** How often it is looked what became of a business account's labels; each look wakes the page. */
  labelsMs: number;
  /** How often the time we were last online is noted, for back-filling. */
  onlineMarkMs: number;
};

export const ENGINE_TIMES: EngineTimes = {
  outbound: OUTBOUND_TIMES,
  startMs: 75_000,
  connectMs: 75_000,
  readyMs: 60_000,
  watchMs: 1_000,
  dialogForMs: 600_000,
  // A dialog may stand for minutes before the phone unlinks us; each look wakes the page and two processes.
  dialogEveryMs: 10_000,
  closeMs: 8_000,
  flushMs: 2_000,
  logoutMs: 8_000,
  qrMs: 20_000,
  pairingCodeMs: 180_000,
  pairingAskMs: 20_000,
  lineQuietMs: 60_000,
  lineAnswerMs: 10_000,
  limitsMs: 900_000,
  limitsLeastMs: 10_000,
  refusalMs: 2_000,
  presenceMs: 3_000,
  labelsMs: 30_000,
  onlineMarkMs: 30_000,
};
