//go:build !linux

package app

// letGoOfCode does nothing where it is not known how.
func letGoOfCode() (bytes int64, err error) { return 0, nil }

func codeMapped() (bytes int64, err error) { return 0, nil }
