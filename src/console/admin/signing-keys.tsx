import { List } from '../lists/list.tsx';
import { useWhole } from '../lists/use-list.ts';
import { type KeyNode, ROTATE_KEY, SIGNING_KEYS } from '../operations/keys.ts';
import { Badge } from '../parts/badge.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { When } from '../parts/when.tsx';
import { AdminPage } from './admin-page.tsx';
import { useOperations } from './use-operations.ts';

const STATES = {
  NEXT: {
    tone: 'info',
    name: 'Next',
    words: 'Published, so that everybody knows it when it begins to sign.',
  },
  ACTIVE: { tone: 'good', name: 'Signing', words: 'Signs every new access token.' },
  RETIRING: { tone: 'calm', name: 'Retiring', words: 'Signs no more; its last tokens are still good.' },
  REVOKED: { tone: 'bad', name: 'Revoked', words: 'Nothing that it signed is accepted.' },
} as const;

export function SigningKeys() {
  const list = useWhole(SIGNING_KEYS, (data) => data.signingKeys);
  const operations = useOperations();
  const rotate = async (revokePrevious: boolean) => {
    await operations.run(ROTATE_KEY, { revokePrevious }, () =>
      revokePrevious
        ? 'A new key signs. Every access token of before is refused.'
        : 'A new key is published and will sign soon.',
    );
    list.reload();
  };
  return (
    <AdminPage
      title="Signing keys"
      lead="They sign the access tokens; services verify with the public half of them."
      read={{ document: SIGNING_KEYS, variables: {} }}
      operations={operations}
      actions={
        <>
          <ConfirmButton
            label="Rotate"
            title="Make a new signing key?"
            verb="Make a new key"
            onConfirm={() => rotate(false)}
          >
            <p>It is published now and signs when everybody had time to learn of it. Nobody notices.</p>
          </ConfirmButton>
          <ConfirmButton
            label="Rotate and revoke"
            title="Revoke every key of before?"
            verb="Revoke and rotate"
            look="danger"
            onConfirm={() => rotate(true)}
          >
            <p>
              For when a key may have been stolen. Every access token that was issued before is refused at
              once; sessions live on, and their clients fetch new tokens.
            </p>
          </ConfirmButton>
        </>
      }
    >
      <List
        list={list}
        label="Signing keys"
        empty="There is no key."
        row={(key) => <KeyRow signingKey={key} />}
      />
    </AdminPage>
  );
}

function KeyRow({ signingKey }: { readonly signingKey: KeyNode }) {
  const { tone, name, words } = STATES[signingKey.state];
  return (
    <div className="row">
      <div>
        <p className="row-title">
          <Badge tone={tone}>{name}</Badge>
          <code className="key-id">{signingKey.id}</code>
        </p>
        <p className="row-meta">
          <span>{words}</span>
          <span>{signingKey.algorithm}</span>
          <span>
            Created <When at={signingKey.createdAt} />
          </span>
          <span>
            {signingKey.state === 'NEXT' ? 'Signs' : 'Signed from'} <When at={signingKey.activeFrom} />
          </span>
        </p>
      </div>
    </div>
  );
}
