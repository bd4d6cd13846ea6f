package entity

import (
	"strings"
	"testing"
)

func TestAnIDIsALowerCaseLetterAndUpTo31LettersDigitsOrUnderscores(t *testing.T) {
	for s, want := range map[string]bool{
		"a": true, "porch_2": true, "a" + strings.Repeat("9", 31): true,
		"": false, "a" + strings.Repeat("9", 32): false, "_a": false, "2a": false, "Porch": false,
		"po rch": false, "po-rch": false, "pörch": false, "porch\n": false, "porch.": false,
	} {
		if ValidID(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestABoardIDIsHobAnd6To12HexadecimalDigits(t *testing.T) {
	for s, want := range map[string]bool{
		"hob-7c9ebd": true, "hob-0123456789ab": true,
		"hob-": false, "hob-7c9eb": false, "hob-0123456789abc": false, "hob-7C9EBD": false, "hob_7c9ebd": false,
		"7c9ebd": false, "hob-7c9eb-": false, "hob-7c9ebg": false, "xhob-7c9ebd": false, "hob-7c9ebd\n": false,
	} {
		if ValidBoardID(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
