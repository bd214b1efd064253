/** English. Short, plain words, as a support desk would say them. */
export const EN = {
  // Signing in
  console: "Support desk", signIn: "Sign in", login: "Login", password: "Password", demoAgents: "Demo accounts: one click",
  wrongPassword: "That login and password don't match.", tooManyLogins: "Too many tries. Wait a few minutes.", accountOff: "This account is switched off. Ask an admin.",
  sessionEnded: "Your session ended. Sign in again; nothing you wrote is lost.", signOut: "Sign out",
  "role.agent": "Agent", "role.lead": "Lead", "role.admin": "Admin",

  // Getting around
  navigation: "Navigation", views: "Views", conversations: "Conversations",
  "view.waiting": "Waiting", "view.mine": "Mine", "view.open": "Open", "view.callback": "Call back", "view.snoozed": "Snoozed",
  "view.mentions": "Mentions", "view.closed": "Closed", "view.bot": "With the bot", "view.all": "All",
  "page.unanswered": "Unanswered", "page.insights": "Insights", "page.canned": "Canned answers", "page.users": "People", "page.audit": "Audit log", "page.profile": "My settings",
  free: "Available", freeHint: "New conversations may come to me", pausing: "On a break", pausingHint: "No new conversations", away: "Offline",
  lineConnecting: "Connecting…", lineOffline: "Connection lost; trying again", lineHint: "Whatever you miss is fetched once you're connected",
  toLight: "Light mode", soundOn: "Turn sound on", soundOff: "Turn sound off", toDark: "Dark mode", "theme.system": "System", "theme.light": "Light", "theme.dark": "Dark",

  // The list
  searchAll: "Search messages, notes, orders", searchResults: "Results", chosenOnes: "Chosen conversations",
  filters: "Filters", clear: "Clear", clearFilters: "Clear filters", anyLanguage: "Language", anyChannel: "Channel", anyTag: "Tag", anyReason: "Reason", anyAgent: "Agent", breachedOnly: "Overdue only",
  newRows: "{n} new conversation|{n} new conversations", loadingMore: "Loading more…", loading: "Loading…", goesOnElsewhere: "The customer goes on in another conversation. Reply there.", movedOn: "Moved on", draft: "Draft", photoOnly: "[photo]", visitor: "Visitor {n}",
  nothingFound: "Nothing found", nothingFoundHint: "Try another word, or clear the filters.", goTo: "Go to {view}",
  "empty.waiting": "Nobody is waiting", "emptyHint.waiting": "When a shopper asks for a person, they show up here and you'll hear it.",
  "empty.mine": "You have no conversations", "emptyHint.mine": "Take one from Waiting, or let them be assigned to you.",
  "empty.open": "Nothing open", "emptyHint.open": "Conversations handed over and not settled yet are here.",
  "empty.callback": "Nobody to call back", "emptyHint.callback": "Shoppers who left a contact after hours are here.",
  "empty.snoozed": "Nothing snoozed", "emptyHint.snoozed": "Press S to put a conversation aside until later.",
  "empty.mentions": "No mentions", "emptyHint.mentions": "Notes that name you with @ are here.",
  "empty.closed": "Nothing closed yet", "emptyHint.closed": "Closed conversations stay here to look up.",
  "empty.bot": "The bot is idle", "emptyHint.bot": "What shoppers say to the bot is here; step in whenever you like.",
  "empty.all": "No conversations yet", "emptyHint.all": "They begin with a shopper's first message.",
  "standing.waiting": "Waiting", "standing.mine": "Mine", "standing.other": "Colleague", "standing.bot": "Bot", "standing.closed": "Closed", "standing.snoozed": "Snoozed",
  responseLeft: "Reply in {span}", responseLate: "Reply {span} overdue", resolutionLeft: "Resolve in {span}", resolutionLate: "Resolve {span} overdue",
  responsePromise: "First reply due", resolutionPromise: "Resolution due",
  "priority.0": "Low", "priority.1": "Normal", "priority.2": "High", "priority.3": "Urgent",
  viewing: "{names} is looking too", typing: "{names} is typing", you: "You", us: "Support", bot: "Bot", colleague: "Colleague", someone: "A colleague", colleagues: "Colleagues", meMark: " (me)",
  "channel.web": "Web", "channel.api": "API", "channel.telegram": "Telegram", "channel.wechat": "WeChat", "channel.wecom": "WeCom", "channel.slack": "Slack", "channel.line": "LINE", "channel.whatsapp": "WhatsApp", "channel.email": "E-mail", "channel.discord": "Discord", "channel.dingtalk": "DingTalk", "channel.feishu": "Feishu", "channel.messenger": "Messenger",
  "language.zh": "Chinese", "language.en": "English", "lang.zh": "ZH", "lang.en": "EN",
  "reason.asked": "Asked for a person", "reason.complaint": "Complaint", "reason.failures": "Bot had no answer", "reason.unsure": "Bot not sure", "reason.refused": "Didn't accept a no", "reason.policy": "Policy asks for a person", "reason.value": "High value", "reason.tool_failed": "Something failed", "reason.by_hand": "To be done by hand", "reason.unsettled": "Not confirmed yet", "reason.callback": "Call back",
  "reason.self_harm": "Risk of self-harm", "reason.injury": "Injury", "reason.legal": "Legal", "reason.press": "Press", "reason.personal_data": "Personal data",

  // The conversation
  pickOne: "Pick a conversation on the left", backToList: "Back to the list", stream: "Conversation", newest: "New messages", toggleContext: "Hand-over and customer",
  take: "Take", taken: "It's yours; the bot is silent.", takeAnyway: "Take it anyway", takenBy: "{name} has this conversation.",
  handBack: "Back to the bot", handedBack: "Handed back to the bot.", closeIt: "Close", closedNow: "Closed, and the shopper is asked for a rating. Write to reopen.",
  transfer: "Transfer", transferred: "Transferred to {name}.", backInQueue: "Back in the queue.", transferNote: "A word for your colleague (optional, shoppers don't see it)", toQueue: "Back to the queue", toQueueHint: "Whoever is free takes it",
  hasOpen: "{n} open", snooze: "Snooze", snoozeUntil: "Until", snoozedUntil: "Snoozed until {at}.", awake: "Back among the open ones.", wakeNow: "Wake now",
  inMinutes: "In {n} minutes", inHours: "In {n} hours", tomorrowMorning: "Tomorrow at 9", nextMonday: "Monday at 9", pickMoment: "Pick a time…",
  priority: "Priority", prioritySet: "Priority is now {priority}.", tag: "Tag", tagName: "Tag", newTag: "Create “{tag}”", tagRemoved: "Tag “{tag}” removed.", removeTag: "Remove tag {tag}",
  merge: "Merge", merged: "Merged.", mergeHint: "The same shopper wrote twice? Move this one into the other.", mergeSearch: "Find the conversation to merge into", mergedInto: "Merged into another conversation", mergedFrom: "Merged conversation",
  moreActions: "More actions", copyLink: "Copy link", copied: "Link copied.", cancel: "Cancel",
  showOriginal: "Show original", showTranslation: "Show translation", showSent: "Show what was sent", showWritten: "Show what was written", translatesTo: "Sent in {language}", sendsAsIs: "Sent as written", notTranslated: "Couldn't translate; it was sent as written.", source: "Source", openPage: "Open the page", photo: "Photo", enlarge: "Enlarge", was: "was ",
  products: "Products", noteMark: "Private note",
  "news.waiting": "One shopper is waiting|{n} shoppers are waiting", "news.assigned": "Assigned to you: {name}", "news.mention": "You were mentioned: {name}", "news.message": "New message from {name}",

  // Writing
  write: "Reply", writeWhat: "Reply or note", "mode.reply": "Reply", "mode.note": "Private note",
  placeholderReply: "Reply to the shopper; / for canned answers", placeholderNote: "Only colleagues see this; @ mentions one",
  send: "Send", sendNow: "Send anyway", sendAndClose: "Send and close", sentAndClosed: "Sent and closed.", saveNote: "Save note",
  alsoTyping: "{names} is replying too. See what they send first?", sendAnyway: "{names} is still typing. Press again to send.",
  charsLeft: "{n} character left|{n} characters left", charsOver: "{n} character too many|{n} characters too many", cannedAnswers: "Canned answers", attach: "Send a photo", removePhoto: "Remove this photo",
  onlyPhotos: "Only photos can be sent.", tooManyPhotos: "At most {n} photos at a time.", photoTooLarge: "That photo is too large.",
  sending: "Sending", sentLater: "Sends once you're connected", maybeSaved: "It may be saved already; have a look before you try again", notSent: "Not sent", retry: "Retry", edit: "Edit",
  hasIt: "{name} has it. You can leave a note.", cannotReply: "You can't reply here right now.",
  lost: "A colleague has this conversation now, or it was deleted. You won't see what comes next.", notYours: "Not yours",
  suggestion: "Suggested reply", insert: "Insert", dismiss: "Dismiss",

  // The right column
  context: "Hand-over and customer", close: "Close", "section.packet": "Hand-over", "section.customer": "Customer", "section.orders": "Orders", "section.earlier": "Earlier conversations", "section.receipts": "Receipts", "section.coupons": "Coupons", "section.channels": "Channels in use", joinedAt: "connected {time}", "section.handovers": "Earlier hand-overs",
  noPacket: "No hand-over: nobody asked for a person here.", noProblem: "Asked for a person without saying why.", nextStep: "Next", promised: "Promised", ordersTouched: "Orders", toolsRun: "The bot did", tried: "Already tried", quoted: "Quoted", callBack: "Please contact",
  "identity.anonymous": "Not verified", "identity.order": "Order verified", "identity.signed_in": "Signed in", "identity.vouched": "Vouched for",
  "mood.calm": "Calm", "mood.unhappy": "Unhappy", "mood.angry": "Angry", wasAnswered: "Answered", notAnswered: "No answer", keptForMe: "For me", keptFor: "For {name}",
  email: "E-mail", phone: "Phone", address: "Address", language: "Language", since: "Customer since", customerSince: "Customer since {date}", until: "until {date}",
  noOrders: "No orders", noEarlier: "No earlier conversations", runTool: "Act for the customer", runToolHere: "Act on this order", orderNumber: "Order {n}", undone: "Undone",
  unknownShopper: "We don't know who this is yet. Once you've checked, match them here.", anonymousShopper: "We don't know who this is yet.", findCustomer: "Order number, e-mail, phone or name", nobodyFound: "Nobody found.",
  howKnown: "How do you know?", "how.order_details": "Knew the order's details", "how.phone_call": "By phone", "how.e_mail": "By e-mail", "how.other_channel": "Through another channel", thatsThem: "That's them", identified: "Matched: {name}.",
  changes: "Change", looksUp: "Look up", noTools: "Nothing can be done here right now.", optional: "optional", choose: "Choose", noChoice: "Not specified", instead: "Instead", howMany: "How many", newOne: "A new one", preview: "Preview the change", lookUp: "Look up", confirm: "Confirm",
  nothingYet: "Nothing has happened yet; it takes effect once confirmed.", goBack: "Back", back: "Back", validUntil: "Valid until {at}", outdated: "The order, a price or the stock has just changed; nothing was done. Go back and look again.", done: "Done", toolDone: "{tool}: done.", receiptShown: "The receipt is in the conversation; the shopper sees it too.", backToContext: "Back", insertIntoReply: "Put into the reply",
  "outcome.ok": "Done", "outcome.asked": "Still asking", "outcome.proposed": "To be confirmed", "outcome.not_found": "Not found", "outcome.refused": "Not allowed", "outcome.needs_identity": "Identity needed", "outcome.failed": "Failed",
  "ended.timed_out": "Nobody came; back to the bot", "ended.cancelled": "Cancelled by the shopper", "ended.returned": "Handed back", "ended.resolved": "Resolved", "ended.merged": "Merged",
  "movement.charge": "Charged", "movement.refund": "Refunded",
  "order.unpaid": "Unpaid", "order.paid": "Paid", "order.packed": "Packed", "order.shipped": "Shipped", "order.delivered": "Delivered", "order.cancelled": "Cancelled", "order.returned": "Returned",
  "tool.order_status": "Look up the order", "tool.track_parcel": "Track the parcel", "tool.refund_status": "Refund status", "tool.list_orders": "All orders", "tool.product_facts": "Product facts", "tool.compare_products": "Compare products", "tool.recommend": "Recommend", "tool.shop_contact": "Shop contact", "tool.cancel_order": "Cancel the order", "tool.undo": "Undo a change", "tool.return_items": "Return items", "tool.return_options": "Ways to return", "tool.exchange_items": "Exchange items", "tool.change_items": "Change size or colour", "tool.change_address": "Change the address", "tool.change_default_address": "Change the default address", "tool.change_payment": "Change the payment", "tool.request_invoice": "Invoice", "tool.protect_price": "Price protection", "tool.report_problem": "Missing, wrong or damaged", "tool.notify_restock": "Tell when back in stock", "tool.payment_methods": "Payment methods", "tool.coupons": "Coupons",
  "confirm.cancel_order": "Cancel the order", "confirm.return_items": "Confirm the return", "confirm.exchange_items": "Confirm the exchange", "confirm.change_address": "Change the address", "confirm.request_invoice": "Issue the invoice", "confirm.undo": "Undo it",
  "field.order_number": "Order number", "field.reason": "Reason", "field.items": "Items", "field.refund_to": "Refund to", "field.settle_with": "Settle the difference with", "field.address": "Address", "field.pay_with": "Pay with", "field.buyer": "Buyer", "field.title": "Name on the invoice", "field.email": "E-mail", "field.tax_number": "Tax number", "field.problem": "Problem", "field.note": "Note", "field.wish": "They'd like", "field.product_id": "Product", "field.sku": "Variant", "field.receipt": "Receipt", "field.query": "Words", "field.product": "Product", "field.products": "Products", "field.named": "Products", "field.like": "Similar to", "field.budget": "Budget", "field.least": "From", "field.most": "To",
  "field.name": "Name", "field.street": "Street", "field.city": "City", "field.country": "Country code", "field.phone": "Phone", "field.province": "Province", "field.district": "District", "field.postcode": "Postcode",
  "value.personal": "Personal", "value.company": "Company", "value.missing": "Missing", "value.wrong": "Wrong item", "value.damaged": "Damaged", "value.replacement": "Replacement", "value.refund": "Refund",

  // Time
  today: "Today", yesterday: "Yesterday", tomorrow: "Tomorrow", justNow: "now", seconds: "{n} s", minutes: "{n} min", hours: "{n} h", days: "{n} day|{n} days", joint: " ", underMinute: "under 1 min", colon: ": ", comma: ", ",

  // What went wrong
  failed: "That didn't work. Please try again.", offlineAction: "No connection, so that didn't happen. Try again in a moment.", tooOften: "That was too quick. Wait a moment.", notAllowed: "Your role doesn't allow that.", notFound: "Not found: it's gone, or not yours to see.", undo: "Undo",

  // Keyboard
  keyboard: "Keyboard", keysList: "List", keysConversation: "Conversation", keysWriting: "While writing", keysPage: "Anywhere",
  keyMove: "Move", keyOpen: "Open", keySearch: "Search", keyGoWaiting: "Go to Waiting", keyGoMine: "Go to Mine", keyGoOpen: "Go to Open", keyUp: "Back to the list", keyTools: "Act for the customer", keyNewLine: "New line", keyInsert: "Insert the suggestion", keyMention: "Mention a colleague in a note", keyLeave: "Leave the field", keyPrevious: "Previous conversation", keyNext: "Next conversation", keyHelp: "Show the keys",
};
