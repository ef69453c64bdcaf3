/** One attempt that QStash is to call us for. */
export type DueAttempt = {
  deliveryId: string;
  /** Calls for one workspace are made a limited number at a time, so that its slow receivers hold up nobody else's. */
  workspaceId: string;
  attemptNo: number;
  /** Null = now. */
  notBefore: Date | null;
  /**
   * Set when an attempt is published anew on purpose (by the sweeper, or when a FIFO endpoint's turn comes): goes into the
   * de-duplication id, which QStash would otherwise remember for 10 minutes.
   */
  again?: string;
};

/** QStash, used as a clock: it calls our delivery route when an attempt is due. */
export type WebhookClock = {
  /** One publish per (delivery, attempt); repeated publishes of one pair are dropped by its de-duplication id. */
  publish(due: readonly DueAttempt[]): Promise<void>;
  /** Verifies `Upstash-Signature` on a call to our own routes. */
  verify(request: { signature: string; body: string; url: string }): Promise<boolean>;
};
