import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../client/index.ts';
import { createSocket } from '../client/socket/index.ts';
import { ConnectionContext } from './connection/client-context.ts';
import { createPasswordPrompt } from './connection/password-prompt.ts';
import { Console } from './console.tsx';
import './styles/base.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/rows.css';

const url = '/graphql';
const prompt = createPasswordPrompt();
const client = createClient({ url, reauthenticate: prompt.ask });
// That the page is open is no use of it.
const socket = createSocket(client, { passive: true });

const place = document.getElementById('console');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <ConnectionContext value={{ client, prompt, socket, url }}>
        <Console />
      </ConnectionContext>
    </StrictMode>,
  );
}
