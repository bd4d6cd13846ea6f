package entity

// ConfigStatus says how the file that declares the house is, beside the house that
// it has declared: one with mistakes changes nothing, and the house goes on with
// the version before.
type ConfigStatus struct {
	OK       bool           `json:"ok"`   // the file as it is now is in force
	File     string         `json:"file"` // as it was named when the server started
	Errors   int            `json:"errors"`
	Warnings int            `json:"warnings"`
	First    *ConfigMistake `json:"first"` // the first error; nil if there is none
	At       int64          `json:"at"`    // since when the version in force is, unix ms
}

// ConfigMistake is one error in the file. Line is 0, and Code "", when a file
// could not be read at all.
type ConfigMistake struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // from 1, in code points
	Code    string `json:"code"`
	Message string `json:"message"`
}
