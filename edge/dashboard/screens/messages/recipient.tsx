import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { Input } from '../../components/field.tsx';
import { t } from '../../messages/en.ts';

const text = t.messages.form;
/** WhatsApp is asked once typing has paused. */
const PAUSE_MS = 700;
const SHORTEST = 8;

/** The digits of a phone number, or null: chat ids are not checked. */
const numberIn = (typed: string): string | null => {
  if (!/^\+?[\d\s().-]+$/.test(typed)) return null;
  const digits = typed.replace(/\D/g, '');
  return digits.length < SHORTEST ? null : `+${digits}`;
};

function usePaused(value: string | null): string | null {
  const [paused, setPaused] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused === value ? paused : null;
}

/** To whom a message goes, and whether WhatsApp knows the number. */
export function Recipient({
  sessionId,
  value,
  error,
  onChange,
}: {
  sessionId: string | undefined;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}): ReactElement {
  const number = usePaused(numberIn(value.trim()));
  const check = useQuery({
    queryKey: ['check', sessionId, number],
    queryFn: async () => {
      const body = { numbers: [number ?? ''], ...(sessionId !== undefined && { sessionId }) };
      const [answer] = await ask(api.POST('/v1/contacts/check', { body }));
      return answer?.exists ?? ('unknown' as const);
    },
    enabled: number !== null && sessionId !== undefined,
    staleTime: Infinity,
    retry: false,
  });
  return (
    <div className="grid gap-1">
      <Input
        label={text.to}
        hint={text.toHint}
        autoComplete="off"
        required
        value={value}
        error={error}
        onChange={(event) => onChange(event.target.value)}
      />
      <p role="status" className="text-sm empty:hidden">
        {number !== null && check.isFetching && text.check.checking}
        {check.data === true && <span className="text-good">✓ {text.check.yes}</span>}
        {check.data === false && <span className="text-bad">✗ {text.check.no}</span>}
        {check.data === 'unknown' && <span className="text-wait">{text.check.unknown}</span>}
      </p>
    </div>
  );
}
