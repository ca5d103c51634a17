import { setTimeout as sleep } from 'node:timers/promises';
import { KeyedCapacity } from '../../src/accounts/keyed-capacity.ts';

describe('KeyedCapacity', () => {
  const later = () => sleep(5);

  it('takes so many at once under each key, and refuses the next', async () => {
    const room = new KeyedCapacity(2);
    const inside = [room.during('one', later), room.during('one', later), room.during('other', later)];
    await expect(room.during('one', later)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await Promise.all(inside);
    await Promise.all([room.during('one', later), room.during('one', later)]);
  });

  it('has room again after a failure, and passes it on', async () => {
    const room = new KeyedCapacity(1);
    const fail = async () => {
      throw new Error('of the work');
    };
    for (let round = 0; round < 3; round++)
      await expect(room.during('one', fail)).rejects.toThrow('of the work');
  });
});
