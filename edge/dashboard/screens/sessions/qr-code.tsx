import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import { api, askWhole } from '../../api/client.ts';
import { ApiError } from '../../api/errors.ts';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { isRefusedForNow, qrState } from './qr-state.ts';
import type { Session } from './session.ts';

const text = t.sessions.link;
const TICK_MS = 500;

/**
 * The code that WhatsApp takes now. It is shown until it expires and not a moment longer, also when the machine slept
 * meanwhile: what is shown is judged at each tick.
 */
export function QrCode({ session }: { session: Session }): ReactElement {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const tick = (): void => setNow(Date.now());
    const timer = setInterval(tick, TICK_MS);
    // A woken machine ticks late; its user looks at once.
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, []);
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['sessions', session.id, 'qr'],
    queryFn: () => fetchQr(session.id),
    // A code is not kept for later.
    gcTime: 0,
    refetchInterval: 2_000,
    refetchOnWindowFocus: 'always',
    retry: false,
  });
  const { isShown, secondsLeft, share } = qrState(data, dataUpdatedAt, now);
  return (
    <div className="grid w-64 gap-3">
      <div className="grid aspect-square place-items-center rounded-lg border bg-white p-3 text-center text-sm text-[#61605c]">
        {isShown && data !== undefined ? (
          <img
            src={data.dataUrl}
            alt={text.codeAlt}
            className="size-full [image-rendering:pixelated]"
          />
        ) : (
          <span className="pulse-soft">{data === undefined ? text.waiting : text.expired}</span>
        )}
      </div>
      <div className="h-1 overflow-hidden rounded-full bg-raised" aria-hidden="true">
        <div className="h-full bg-accent" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="text-center text-sm text-muted">
        {isShown ? text.rotates(secondsLeft) : '\u00a0'}
      </p>
      {error !== null && !isRefusedForNow(error) && <ErrorNote error={error} />}
    </div>
  );
}

async function fetchQr(id: string) {
  const query = { format: 'json', wait: 5 } as const;
  const answer = await askWhole(
    api.GET('/v1/sessions/{id}/qr', { params: { path: { id }, query } }),
  );
  // The route has pictures and plain text as well; this asks for JSON.
  if (typeof answer === 'string')
    throw new ApiError({ status: 200, code: 'UNREADABLE', message: '' });
  return { ...answer.data, answeredAt: answer.meta.timestamp };
}
