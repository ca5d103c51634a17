export { createPortcullisLink } from './create-link.ts';
