/** QStash, used as a clock: it calls our delivery route when an attempt is due. */
export type WebhookClock = {
  /** One publish per (delivery, attempt); repeated publishes of one pair are dropped by its de-duplication id. */
  publish(
    due: readonly { deliveryId: string; attemptNo: number; notBefore: Date | null }[],
  ): Promise<void>;
  /** Verifies `Upstash-Signature` on a call to our own routes. */
  verify(request: { signature: string; body: string; url: string }): Promise<boolean>;
};
