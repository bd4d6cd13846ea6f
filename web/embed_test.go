package web_test

import (
	"io/fs"
	"strings"
	"testing"

	"hob/web"
)

func TestFilesAreRootedAtTheBuiltDashboard(t *testing.T) {
	if _, err := fs.Stat(web.Files(), ".keep"); err != nil {
		t.Fatalf("dist/.keep is committed and must be embedded: %v", err)
	}
}

func TestPolicyIsOneHeaderLineThatAllowsNothingInline(t *testing.T) {
	policy := web.ContentSecurityPolicy()
	if strings.ContainsAny(policy, "\r\n") {
		t.Errorf("policy holds a line break: %q", policy)
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy allows inline or evaluated code: %q", policy)
	}
	if !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("policy does not start from nothing: %q", policy)
	}
}
