import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { live } from '../../api/live.ts';
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

export const deliveriesQuery = (id: string, status: DeliveryStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: ['webhooks', id, 'deliveries', status],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      askWhole(
        api.GET('/v1/webhooks/{id}/deliveries', {
          params: {
            path: { id },
            query: {
              limit: 50,
              ...(status !== undefined && { status }),
              ...(pageParam !== undefined && { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ meta }) => meta.nextCursor ?? undefined,
    ...live,
  });
