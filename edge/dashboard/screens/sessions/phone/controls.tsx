import { type ReactElement, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Card } from '../../../components/page.tsx';
import { Choice } from '../../../components/field.tsx';
import { ErrorNote } from '../../../components/states.tsx';
import { t } from '../../../messages/en.ts';
import type { Session } from '../session.ts';
import type { PhoneState } from './phone-state.ts';
import { type Deed, useDeed } from './queries.ts';

const text = t.phone;

/** What happens around the phone: its network, the acks of its chats, its list of devices. */
export function Controls({
  session,
  phone,
}: {
  session: Session;
  phone: PhoneState | undefined;
}): ReactElement {
  // The phone does not tell which it is: nothing is claimed before one is chosen here.
  const [acks, setAcks] = useState<'automatic' | 'byHand'>();
  const [isAsked, setAsked] = useState(false);
  const deed = useDeed(session.id);
  const act = (one: Deed): void => deed.mutate(one);
  const isLinked = phone?.isLinked === true;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {deed.error !== null && <ErrorNote error={deed.error} />}
      <Card title={text.acksTitle}>
        <Choice
          legend={text.acksLead}
          options={(['automatic', 'byHand'] as const).map((value) => ({
            value,
            label: text[value],
            hint: text[`${value}Hint`],
          }))}
          value={acks}
          onChange={(value) => {
            setAcks(value);
            act(value === 'automatic' ? 'ackAutomatically' : 'ackByHand');
          }}
        />
      </Card>
      <Card title={text.networkTitle}>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p className="min-w-0 flex-1 basis-64">
            {phone?.hasNetwork === false ? text.offlineLead : text.onlineLead}
          </p>
          <Button
            disabled={!isLinked}
            onClick={() => act(phone?.hasNetwork === false ? 'connect' : 'disconnect')}
          >
            {phone?.hasNetwork === false ? text.goOnline : text.goOffline}
          </Button>
        </div>
      </Card>
      <Card title={text.linkTitle}>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p className="min-w-0 flex-1 basis-64">{text.linkLead}</p>
          <Button disabled={!isLinked} onClick={() => setAsked(true)}>
            {text.unlink}
          </Button>
        </div>
      </Card>
      {isAsked && (
        <Dialog title={text.unlink} onClose={() => setAsked(false)}>
          <p>{text.unlinkConfirm}</p>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsked(false)}>{t.common.cancel}</Button>
            <Button
              look="danger"
              onClick={() => {
                setAsked(false);
                act('unlink');
              }}
            >
              {text.unlink}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
