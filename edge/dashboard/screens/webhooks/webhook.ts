import { queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { live } from '../../api/live.ts';
import { paged } from '../../api/paged.ts';
import type { Tone } from '../../components/status.tsx';

export type Webhook = Schemas['Webhook'];
export type Delivery = Schemas['Delivery'];
export type DeliveryStatus = Delivery['status'];

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;

export const TONES: Readonly<Record<DeliveryStatus, Tone>> = {
  pending: 'wait',
  delivered: 'good',
  failed: 'bad',
  cancelled: 'off',
};

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: () => ask(api.GET('/v1/webhooks')),
});

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: () => ask(api.GET('/v1/webhooks/{id}', { params: { path: { id } } })),
    ...live,
  });

/** A delivery with what each attempt sent; read anew when it has gone on. */
export const deliveryQuery = ({ id, status, attempts }: Delivery) =>
  queryOptions({
    queryKey: ['delivery', id, status, attempts.length],
    queryFn: () => ask(api.GET('/v1/deliveries/{id}', { params: { path: { id } } })),
  });

/** The event that was delivered: the body of the request. Null once it is no longer kept. */
export const eventQuery = (seq: number, id: string) =>
  queryOptions({
    queryKey: ['event', id],
    queryFn: async () => {
      const query = { after: seq - 1, limit: 1 };
      const [event] = await ask(api.GET('/v1/events', { params: { query } }));
      return event?.id === id ? event : null;
    },
    staleTime: Infinity,
  });

export const deliveriesQuery = (id: string, status: DeliveryStatus | undefined) => ({
  ...paged(['webhooks', id, 'deliveries', status], (page) => {
    const query = { limit: 50, ...(status !== undefined && { status }), ...page };
    return askWhole(api.GET('/v1/webhooks/{id}/deliveries', { params: { path: { id }, query } }));
  }),
  ...live,
});
