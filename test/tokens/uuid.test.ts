import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { isUuid, uuidFromBytes, uuidToBytes } from '../../src/tokens/uuid.ts';

describe('the bytes of a UUID', () => {
  it('are those that its digits stand for', () => {
    const uuid = '018f3c5e-7d2a-7b41-9c3d-0fedcba98765';
    expect(Buffer.from(uuidToBytes(uuid)).toString('hex')).toBe(uuid.replaceAll('-', ''));
  });

  it('are written in canonical spelling, and read back the same', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, (each) => {
        const uuid = uuidFromBytes(each);
        expect(isUuid(uuid)).toBe(true);
        expect(uuid.replaceAll('-', '')).toBe(Buffer.from(each).toString('hex'));
        expect([...uuidToBytes(uuid)]).toEqual([...each]);
      }),
    );
  });

  it('belong to each text by itself', () => {
    const uuids = Array.from({ length: 10 }, () => randomUUID());
    expect(uuids.map(uuidToBytes).map(uuidFromBytes)).toEqual(uuids);
  });
});
