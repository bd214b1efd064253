/** The pages beside the desk, in English. */
export const PAGES_EN = {
  // My settings
  aboutMe: "About me", nameShown: "Name, as colleagues and shoppers see it", iAnswerIn: "I answer in", save: "Save", saved: "Saved.",
  ringing: "Alerts", sound: "Sound", soundHint: "When somebody waits, is assigned to me or mentions me", desktop: "Desktop notifications", desktopHint: "Seen from other windows, too", desktopRefused: "The browser didn't allow notifications.", desktopDenied: "Your browser blocks notifications. Allow them in the site settings beside the address.",
  looks: "Look", theme: "Theme", oldPassword: "Current password", newPassword: "New password", changePassword: "Change password", passwordChanged: "Password changed; other devices are signed out.",
  mySessions: "Where I'm signed in", thisOne: "This device", endSession: "Sign out", endAll: "Sign out everywhere", lastSeen: "last seen {at}", unknownBrowser: "Unknown browser",

  // People
  addUser: "Add a person", "col.person": "Person", "col.role": "Role", "col.iAnswerIn": "Languages", "col.capacity": "At most at once", "col.lastHere": "Last here", "col.actions": "Actions",
  switchOff: "Switch off", switchOn: "Switch on", switchedOff: "Switched off", wasSwitchedOff: "{name} is switched off and signed out.", wasSwitchedOn: "{name} is switched on.", online: "Online", never: "Never yet", unchanged: "Leave empty to keep it",

  // Audit
  everybody: "Everybody", showMore: "Show more", "col.time": "Time", "col.did": "Did", "col.conversation": "Conversation", "col.about": "About",
  "deed.login": "Signed in", "deed.login_failed": "Failed to sign in", "deed.login_locked": "Sign-in locked", "deed.logout": "Signed out", "deed.logout_everywhere": "Signed out everywhere", "deed.end_session": "Ended a session", "deed.password": "Changed the password",
  "deed.view_conversation": "Opened a conversation", "deed.view_customer": "Looked at a customer", "deed.search_customers": "Searched customers", "deed.take": "Took it", "deed.reply": "Replied", "deed.hand_back": "Handed back", "deed.close": "Closed", "deed.transfer": "Transferred", "deed.snooze": "Snoozed", "deed.priority": "Set the priority", "deed.note": "Wrote a note", "deed.tags": "Changed tags", "deed.merge": "Merged", "deed.run_tool": "Acted for the customer", "deed.identify": "Vouched for the customer",
  "deed.canned_answer": "Wrote a canned answer", "deed.canned_answer_dropped": "Deleted a canned answer", "deed.add_user": "Added a person", "deed.change_user": "Changed a person", "deed.answer_question": "Answered a question", "deed.dismiss_questions": "Set questions aside", "deed.restore_questions": "Restored questions", "deed.assigned": "Assigned by the system",

  // Canned answers
  addCanned: "New answer", searchCanned: "Search answers", shortcut: "Shortcut (typed after /)", shortcutHint: "Letters, digits, - or _, at most 40", noText: "Nothing yet", textNeeded: "Write at least one language.", remove: "Delete", cannedGone: "/{shortcut} deleted.", variables: "You can use:",

  // Unanswered
  unansweredIntro: "Questions the bot couldn't answer, and suggestions that agents reworded, grouped by meaning. Write the answer, and the bot uses it at once.",
  kind: "Kind", every: "All", notKnown: "No answer", reworded: "Reworded", timesAsked: "Asked once|Asked {n} times", allQuestions: "Show all {n}", nearest: "Closest passages", wasSuggested: "Suggested", wasSent: "Sent",
  writeAnswer: "Write the answer", setAside: "Dismiss", wasSetAside: "Dismissed.", faqQuestion: "Question", faqAnswer: "Answer ({language})", answerHint: "The answer first, then the condition, then the next step.", publish: "Reviewed: publish", published: "Published; the bot knows it now.", publishedSoon: "Saved; it will be found in a moment.",
  allAnswered: "Everything's answered", allAnsweredHint: "Questions the bot can't answer show up here.",

  // Insights
  range: "Range", lastDays: "{n} days", from: "From", to: "To", none: "–", noneYet: "None in this time", noFigures: "No conversations in this time", noFiguresHint: "Try another range.",
  conversationCount: "Conversations", messageCount: "{n} messages from shoppers", botResolved: "Resolved by the bot", ofThem: "{n} conversations", handoverRate: "Hand-over rate", handoverCount: "{n} hand-overs", firstResponse: "First response", nineOfTen: "9 of 10 within {span}", inTime: "{share} in time", resolutionTime: "Time to resolve", csat: "Satisfaction", ratedBy: "{n} ratings, {share} happy", notRated: "No ratings yet", unansweredCount: "Unanswered", editedCount: "and {n} suggestions reworded", thumbs: "Helpful / not", thumbsHint: "Thumbs on the bot's answers",
  byDay: "Conversations by day", botAlone: "Bot alone", withPerson: "Handed over", fates: "How they ended", "fate.bot": "Resolved by the bot", "fate.person": "Resolved by a person", "fate.open": "Still open", "fate.missed": "Nobody came",
  reasons: "Why they were handed over", topIntents: "What shoppers ask", ratings: "Ratings", toolFailures: "Changes and failures", byAgent: "By agent", channels: "By channel", languages: "By language", dayTable: "Figures by day", dayHead: "Day", name: "Name", taken_: "Taken", closedCount: "Resolved", replies: "Replies", messagesHead: "Messages", handoversHead: "Hand-overs", changeHead: "Change", outcomeHead: "Outcome",
  "intent.human": "A person", "intent.order_status": "Order status", "intent.track_parcel": "Where is it", "intent.refund_status": "Refund status", "intent.return_item": "Return", "intent.exchange_item": "Exchange", "intent.cancel_order": "Cancel", "intent.change_address": "Change address", "intent.change_items": "Change items", "intent.change_payment": "Change payment", "intent.complaint": "Complaint", "intent.invoice": "Invoice", "intent.warranty": "Warranty", "intent.stock": "Stock", "intent.size_advice": "Sizes", "intent.product_question": "About a product", "intent.compare_products": "Compare", "intent.recommend": "Recommendation", "intent.coupon": "Coupons", "intent.price_protection": "Price protection", "intent.payment_methods": "Ways to pay", "intent.payment_problem": "Payment problem", "intent.delivery_time": "Delivery time", "intent.delivery_cost": "Delivery cost", "intent.store_info": "About the shop", "intent.account": "Account", "intent.password_reset": "Password", "intent.item_missing": "Missing item", "intent.item_wrong": "Wrong item", "intent.item_damaged": "Damaged item", "intent.restock_notice": "Back in stock", "intent.small_talk": "Small talk", "intent.greet": "Greeting", "intent.thanks": "Thanks", "intent.bye": "Goodbye", "intent.affirm": "Yes", "intent.deny": "No", "intent.bot_identity": "Are you a bot", "intent.out_of_scope": "Off topic",
};
