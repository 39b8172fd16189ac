"""What pages, mails and bills say: every word can be translated."""
