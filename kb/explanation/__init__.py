"""Why a question is asked, how something was concluded, and why something was not."""
