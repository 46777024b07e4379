/** LINE's SDK, only the parts we use: its own chunk, fetched only inside LINE. */
import liff from '@line/liff/core';
import CloseWindow from '@line/liff/close-window';
import GetAccessToken from '@line/liff/get-access-token';
import GetAppLanguage from '@line/liff/get-app-language';
import GetFriendship from '@line/liff/get-friendship';
import GetIDToken from '@line/liff/get-id-token';
import IsInClient from '@line/liff/is-in-client';
import IsLoggedIn from '@line/liff/is-logged-in';
import Logout from '@line/liff/logout';
import OpenWindow from '@line/liff/open-window';

for (const module of [
  new IsInClient(),
  new IsLoggedIn(),
  new GetIDToken(),
  new GetAccessToken(),
  new GetFriendship(),
  new GetAppLanguage(),
  new CloseWindow(),
  new OpenWindow(),
  new Logout(),
])
  liff.use(module as never);

export default liff;
