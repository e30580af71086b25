import { BlockedPage } from "./components/BlockedPage";
import { Farewell } from "./components/Farewell";
import { Home } from "./components/Home";
import { SignIn } from "./components/SignIn";
import { Splash } from "./components/Splash";
import { Toasts } from "./components/Toasts";
import { useProblems } from "./useProblems";
import { useSession } from "./useSession";

export function App() {
  const { session, restart, takeTokens, goOnWith, signOut, end } = useSession();
  const { shown, report, dismiss } = useProblems();
  return (
    <>
      {session.state === "starting" && <Splash />}
      {session.state === "unreachable" && <Splash problem={session.sentence} onRetry={restart} />}
      {session.state === "signedOut" && <SignIn onSignedIn={takeTokens} />}
      {session.state === "erased" && <Farewell receipt={session.receipt} onBeginAnew={restart} />}
      {session.state === "blocked" && (
        <BlockedPage
          client={session.client}
          sentence={session.sentence}
          isLocal={session.isLocal}
          onErased={end}
          onSignOut={signOut}
        />
      )}
      {session.state === "signedIn" && (
        <Home
          client={session.client}
          user={session.user}
          onSignOut={session.isLocal ? undefined : signOut}
          onNewTokens={goOnWith}
          onErased={end}
          report={report}
        />
      )}
      <Toasts problems={shown} onDismiss={dismiss} />
    </>
  );
}
