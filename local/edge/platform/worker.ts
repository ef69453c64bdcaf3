/** The Worker as a service binding with the compatibility flag `service_binding_extra_handlers`: its events can be sent. */
export type Worker = {
  scheduled: (event: { cron: string; scheduledTime: Date }) => Promise<{ outcome: string }>;
  queue: (queue: string, messages: readonly QueuedMessage[]) => Promise<QueueResult>;
};

export type QueuedMessage = { id: string; timestamp: Date; body: unknown; attempts: number };

export type QueueResult = {
  outcome: string;
  retryBatch: { retry: boolean; delaySeconds?: number };
  retryMessages: readonly { msgId: string; delaySeconds?: number }[];
};
