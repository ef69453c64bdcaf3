/** A call to us that something is due of an endpoint. Which deliveries, the database knows when the call comes. */
export type Doorbell = {
  /** Calls for one workspace are made a limited number at a time, so that its slow receivers hold up nobody else's. */
  workspaceId: string;
  endpointId: string;
  /** Null = now. */
  notBefore: Date | null;
  /** Two doorbells of an endpoint with the same reason within 10 minutes are one. */
  reason: string;
};

/** QStash, used as a clock: it calls our delivery route when something is due. */
export type WebhookClock = {
  publish(bells: readonly Doorbell[]): Promise<void>;
  /** Verifies `Upstash-Signature` on a call to our own routes. */
  verify(request: { signature: string; body: string; url: string }): Promise<boolean>;
};
