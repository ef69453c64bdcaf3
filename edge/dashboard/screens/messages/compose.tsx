import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Input, Select } from '../../components/field.tsx';
import { Snippets } from '../../components/show-call.tsx';
import { FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { bodyOf, type Values } from './body.ts';
import { KindFields } from './kind-fields.tsx';
import { Preview } from './preview.tsx';
import { Recipient } from './recipient.tsx';
import { fieldsOf, type Kind, KIND_NAMES } from './kinds.ts';
import { sessionsQuery } from './message.ts';
import { send } from './send.ts';

const text = t.messages.form;

export function Compose({ onClose }: { onClose: () => void }): ReactElement {
  const { data: sessions = [] } = useQuery(sessionsQuery);
  const [chosen, setChosen] = useState<string>();
  const [to, setTo] = useState('');
  const [kind, setKind] = useState<Kind>('text');
  const [values, setValues] = useState<Values>({});
  const [sendAt, setSendAt] = useState('');
  const navigate = useNavigate();
  const accepting = sessions.filter(({ status }) => ['online', 'reconnecting'].includes(status));
  const session =
    accepting.find(({ id }) => id === chosen) ??
    accepting.find(({ isDefault }) => isDefault) ??
    accepting[0];
  const body = {
    ...(session !== undefined && { sessionId: session.name }),
    to,
    ...bodyOf(kind, values),
    ...(sendAt !== '' && { sendAt: new Date(sendAt).toISOString() }),
  };
  const sending = useMutation({
    mutationFn: () => send(kind, body),
    onSuccess: ({ id }) => navigate({ to: '/messages', search: { message: id } }),
  });
  const fields = fieldErrors(sending.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    sending.mutate();
  };
  return (
    <Dialog as="sheet" title={t.messages.compose} onClose={onClose}>
      <form onSubmit={submit} noValidate className="grid gap-5">
        <Select
          label={text.session}
          value={session?.id ?? ''}
          hint={session === undefined ? text.noSession : undefined}
          error={fields['sessionId']}
          onChange={(event) => setChosen(event.target.value)}
        >
          {accepting.map(({ id, name, mode }) => (
            <option key={id} value={id}>
              {mode === 'sandbox' ? `${name} (${t.common.sandbox})` : name}
            </option>
          ))}
        </Select>
        <Recipient sessionId={session?.id} value={to} error={fields['to']} onChange={setTo} />
        <Select
          label={text.kind}
          value={kind}
          onChange={(event) => {
            setKind(KIND_NAMES.find((name) => name === event.target.value) ?? 'text');
            setValues({});
          }}
        >
          {KIND_NAMES.map((name) => (
            <option key={name} value={name}>
              {text.kinds[name]}
            </option>
          ))}
        </Select>
        <KindFields key={kind} kind={kind} values={values} errors={fields} onChange={setValues} />
        <Input
          label={text.sendAt}
          hint={text.sendAtHint}
          type="datetime-local"
          value={sendAt}
          error={fields['sendAt']}
          onChange={(event) => setSendAt(event.target.value)}
        />
        <Preview kind={kind} values={values} />
        <FormError
          error={sending.error}
          shown={['sessionId', 'to', 'sendAt', ...fieldsOf(kind).map(({ name }) => name)]}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button
            type="submit"
            look="primary"
            disabled={session === undefined}
            isBusy={sending.isPending}
          >
            {text.submit}
          </Button>
        </div>
      </form>
      <section
        aria-label={text.asCall}
        className="grid grid-cols-[minmax(0,1fr)] gap-2 border-t pt-4"
      >
        <h3 className="font-semibold">{text.asCall}</h3>
        <Snippets call={{ method: 'POST', path: `/v1/messages/${kind}`, body }} />
      </section>
    </Dialog>
  );
}
