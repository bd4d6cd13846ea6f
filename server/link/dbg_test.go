package link
import ("testing";"testing/synctest";"log/slog";"os")
func TestDbg(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.m.log = slog.New(slog.NewTextHandler(os.Stderr,nil))
		r.online()
		r.hall.mu.Lock()
		s := r.hall.session
		r.hall.mu.Unlock()
		s.close(closeTaken, "newer session")
		synctest.Wait()
	})
}
