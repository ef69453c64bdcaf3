import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Snippets } from '../../components/show-call.tsx';
import { t } from '../../messages/en.ts';

const text = t.keys.created;

/** A key, the one time that it can be seen, with a call that works. It is not closed by accident. */
export const ShownOnce = ({
  apiKey,
  onClose,
}: {
  apiKey: string;
  onClose: () => void;
}): ReactElement => (
  <Dialog title={text.title} onClose={onClose} canDismiss={false}>
    <p className="rounded-md bg-wait-soft px-4 py-3 text-wait">{text.once}</p>
    <CodeBlock label={text.key} code={apiKey} />
    <h3 className="font-semibold">{text.tryIt}</h3>
    <Snippets apiKey={apiKey} call={{ method: 'GET', path: '/v1/keys/self' }} />
    <div className="flex justify-end">
      <Button look="primary" onClick={onClose}>
        {text.done}
      </Button>
    </div>
  </Dialog>
);
